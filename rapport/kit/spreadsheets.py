"""Tables as files that spreadsheets open. No cell becomes a formula there, whoever wrote it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rapport.kit import clock

# What spreadsheets take for the beginning of a formula (ASVS 1.2.10), its full-width kin with it.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'")
_BOM = "\ufeff"


def cell(value: Any) -> str:
    """A value as text for a cell; one that would begin a formula has an apostrophe before it.

    Numbers of ours stay numbers; moments are UTC in ISO 8601.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return clock.utc_iso(value)
    text = str(value)
    guarded = f"'{text}" if text.lstrip(" ").startswith(_BEGINS_FORMULA) else text
    return guarded.replace("\0", "")


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    """A CSV file in UTF-8 (with the mark by which spreadsheets know it), row by row. Returns the path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_BOM)
        writer = csv.writer(file)
        writer.writerow([cell(one) for one in header])
        for row in rows:
            writer.writerow([cell(one) for one in row])
    return path
