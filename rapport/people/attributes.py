"""What an attribute's value may be, how it is kept, and how it is shown. Asks no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from rapport.kit import text
from rapport.people.errors import WrongValue
from rapport.people.models.attribute import Attribute
from rapport.ui import moments

Kind = Attribute.Kind
MOST_CHARS = 500
_FOLDED_CHARS = 200
_MOST_DIGITS = 15
_YES = frozenset({"1", "y", "yes", "true", "x", "on", "ja", "oui", "sí", "si", "是"})
_NO = frozenset({"0", "n", "no", "false", "-", "off", "nein", "non", "否"})
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y/%m/%d")


@dataclass(frozen=True, slots=True)
class Definition:
    """An attribute without its row: what reading and showing values needs."""

    pk: int
    key: str
    label: str
    kind: str
    choices: Sequence[str] = field(default_factory=tuple)

    def read(self, written: str) -> Any:
        """The value as it is kept (JSON): text, number, ISO date, one of the choices, True or False; None for nothing.

        Raises WrongValue.
        """
        line = text.clean_line(written, MOST_CHARS)
        if not line:
            return None
        reader = {Kind.NUMBER: read_number, Kind.DATE: read_date, Kind.BOOLEAN: _boolean}.get(Kind(self.kind))
        if reader is not None:
            value = reader(line)
            if value is None:
                raise WrongValue(self.label, line)
            return value
        if self.kind == Kind.CHOICE:
            found = next((choice for choice in self.choices if text.fold(choice) == text.fold(line)), None)
            if found is None:
                raise WrongValue(self.label, line)
            return found
        return line

    def shown(self, value: Any) -> str:
        """The value as people read it; empty for none."""
        if value is None or value == "":
            return ""
        if self.kind == Kind.BOOLEAN:
            return _("Yes") if value is True else _("No")
        if self.kind == Kind.DATE and isinstance(value, str):
            day = read_date(value)
            return moments.dated(date.fromisoformat(day)) if day else value
        if self.kind == Kind.NUMBER and isinstance(value, int | float):
            return str(number_format(value))
        return str(value)


def folded(value: Any) -> str:
    """The form in which words, dates and yes or no are looked up; empty for numbers."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text.fold(value)[:_FOLDED_CHARS] if isinstance(value, str) else ""


def number(value: Any) -> float | None:
    """The number to look up; None for anything else."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def read_number(line: str) -> int | float | None:
    """A number as people of several countries write it; None for anything else."""
    plain = line.replace(" ", "").replace("\u00a0", "").replace("'", "")
    # 1.234,56 and 1,234.56: the last mark divides; a single comma is a decimal one.
    if plain.rfind(",") > plain.rfind("."):
        plain = plain.replace(".", "").replace(",", ".")
    else:
        plain = plain.replace(",", "")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    if not value.is_finite() or len(value.as_tuple().digits) > _MOST_DIGITS or abs(value.adjusted()) > _MOST_DIGITS:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def read_date(line: str) -> str | None:
    """A day as `2026-02-28`; None for anything else."""
    for pattern in _DATES:
        try:
            return datetime.strptime(line, pattern).date().isoformat()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return None


def _boolean(line: str) -> bool | None:
    word = line.strip().casefold()
    return True if word in _YES else False if word in _NO else None
