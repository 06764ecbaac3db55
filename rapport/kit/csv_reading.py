"""Tables that people saved from a spreadsheet: charset and delimiter found out, rows read one by one.

A file is read piece by piece and never held whole, whatever its size.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 200
MOST_CELL = 20_000
_LOOKED_AT = 64 * 1024
_CHUNK = 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NotATable(Exception):
    """No rows can be read here; the text says why, for people to translate by `code`: empty, binary or columns."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written. `header` holds the names of its columns as they stand in the first row."""

    charset: str
    delimiter: str
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the number of its last line in the file (the header is 1), its cells, and what kept it from being read."""

    number: int
    cells: list[str]
    problem: str = ""


def look_at(path: Path) -> Shape:
    """Charset, delimiter and header of a file. Raises NotATable, OSError."""
    charset = _charset(path)
    with path.open(encoding=charset, errors="replace", newline="") as opened:
        beginning = opened.read(_LOOKED_AT).replace("\0", "")
    first = _first_line(beginning)
    if not first.strip():
        raise NotATable("empty")
    delimiter = max(DELIMITERS, key=lambda mark: _outside_quotes(first, mark))
    header = next(csv.reader([first], delimiter=delimiter), [])
    if len(header) > MOST_COLUMNS:
        raise NotATable("columns")
    return Shape(charset, delimiter, tuple(name.strip()[:200] for name in header))


def rows(path: Path, shape: Shape) -> Iterator[Line]:
    """Every row below the header that has a cell with something in it. A row that cannot be read comes with why."""
    with path.open(encoding=shape.charset, errors="replace", newline="") as opened:
        reader = csv.reader(_without_nul(opened), delimiter=shape.delimiter)
        next(reader, None)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Line(reader.line_num, [], str(error))
                continue
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            too_long = any(len(cell) > MOST_CELL for cell in cells) or len(cells) > MOST_COLUMNS
            yield Line(reader.line_num, [] if too_long else cells, "too long" if too_long else "")


def _without_nul(opened: IO[str]) -> Iterator[str]:
    for line in opened:
        yield line.replace("\0", "")


def _charset(path: Path) -> str:
    """By its mark; else UTF-8 when all of it is; else what Windows writes in the west."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as opened:
        chunk = opened.read(_CHUNK)
        if not chunk:
            raise NotATable("empty")
        for mark, charset in _MARKS:
            if chunk.startswith(mark):
                return charset
        if chunk[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") or chunk.startswith(b"%PDF"):
            raise NotATable("binary")
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = opened.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _first_line(beginning: str) -> str:
    """The header, with the line breaks inside its quotes."""
    quoted = False
    for at, char in enumerate(beginning):
        if char == '"':
            quoted = not quoted
        elif char in "\r\n" and not quoted:
            return beginning[:at]
    return beginning


def _outside_quotes(line: str, mark: str) -> int:
    quoted, count = False, 0
    for char in line:
        if char == '"':
            quoted = not quoted
        elif char == mark and not quoted:
            count += 1
    return count
