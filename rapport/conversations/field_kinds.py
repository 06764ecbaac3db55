"""Values of custom fields: how each kind reads what a person wrote, keeps it, shows it, and is found by it.

Kept as small JSON: text and options as they are, numbers as JSON numbers, days as `2026-03-01`, several choices as a list,
yes and no as true and false.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from rapport.conversations.errors import WrongValue
from rapport.conversations.models import CustomField
from rapport.kit import text
from rapport.ui.lists import listed

Value: TypeAlias = str | int | float | bool | list[str] | None
Kind = CustomField.Kind
MOST_CHARS = 500
FOUND_BY_CHARS = 120
_BIGGEST = Decimal(10) ** 15
_PLACES = 6
_YES, _NO = ("yes", "true", "1", "on"), ("no", "false", "0", "off")


@dataclass(frozen=True, slots=True)
class Found:
    """What a value is found by."""

    text: str
    number: float | None = None
    day: date | None = None


def read(field: CustomField, written: Sequence[str]) -> Value:
    """The value of what was written (several lines only for several choices); None for nothing. Raises WrongValue."""
    given = [clean for one in written if (clean := text.clean_line(one, MOST_CHARS + 1))]
    if not given:
        return None
    if field.kind == Kind.CHOICES:
        return [name for name in names(field) if name in {_option(field, one) for one in given}]
    return _READERS[Kind(field.kind)](field, given[0])


def shown(field: CustomField, value: Value) -> str:
    """As people read it, in their language."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return listed(value)
    if isinstance(value, int | float):
        return str(formats.number_format(value, use_l10n=True))
    if field.kind == Kind.DATE and (day := parse_date(value)):
        return str(formats.date_format(day, "SHORT_DATE_FORMAT", use_l10n=True))
    return value


def found_by(value: Value) -> list[Found]:
    """The rows by which a value is found."""
    if value is None:
        return []
    if isinstance(value, bool):
        return [Found("yes" if value else "no")]
    if isinstance(value, int | float):
        return [Found(text.fold(str(value))[:FOUND_BY_CHARS], number=float(value))]
    if isinstance(value, list):
        return [Found(folded) for folded in sorted({_folded(one) for one in value})]
    return [Found(_folded(value), day=_day_of(value))]


def names(field: CustomField, of: str | None = None) -> list[str]:
    """The options of a choice, in order; with `of` only those that belong to this option of the parent."""
    return [one["name"] for one in field.options if of is None or one["of"] == of]


def _text(_field: CustomField, written: str) -> Value:
    if len(written) > MOST_CHARS:
        raise WrongValue(_("At most %(n)d characters, please.") % {"n": MOST_CHARS})
    return written


def _number(_field: CustomField, written: str) -> Value:
    """`12`, `12.5`, `12,5`; one separator only, so that nobody's thousand becomes a one."""
    plain = written.replace(" ", "").replace("\u00a0", "").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > _BIGGEST:
        raise WrongValue(_("“%s” is no number. Write it like 12 or 12.5.") % written)
    rounded = round(number, _PLACES)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def _date(_field: CustomField, written: str) -> Value:
    day = _day_of(written)
    if day is None:
        raise WrongValue(_("“%s” is no date. Write it like 2026-03-01.") % written)
    return day.isoformat()


def _yes_no(_field: CustomField, written: str) -> Value:
    if written.lower() in _YES:
        return True
    if written.lower() in _NO:
        return False
    raise WrongValue(_("Say yes or no."))


def _option(field: CustomField, written: str) -> str:
    known = {_folded(name): name for name in names(field)}
    found = known.get(_folded(written))
    if found is None:
        raise WrongValue(_("“%(value)s” is no choice of %(field)s.") % {"value": written, "field": field.name})
    return found


def _day_of(written: str) -> date | None:
    try:
        return parse_date(written)
    except ValueError:
        return None


def _folded(written: str) -> str:
    return text.fold(written)[:FOUND_BY_CHARS]


_Reader = Callable[[CustomField, str], Value]
_READERS: dict[Any, _Reader] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.CHOICE: _option,
    Kind.YES_NO: _yes_no,
}
