"""A week as people write it: `09:00–12:00, 13:00–17:00` for each day, nothing for a day on which it is closed."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from rapport.desk.account.forms import known_zones
from rapport.hours.week import DAYS, Span, Week, tidy
from rapport.ui import moments
from rapport.ui.selecting import LongSelect

_TIME = r"(\d{1,2})(?:[:.h](\d{2}))?\s*(?:([ap])\.?\s?m\.?)?"
_SPAN = re.compile(rf"^{_TIME}\s*(?:-|–|—|to)\s*{_TIME}$")
_NINE, _FIVE = 9 * 60, 17 * 60
_MOST = 8
_DAY = 24 * 60


class HoursForm(forms.Form):
    """The time zone and one line for each day."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=known_zones, widget=LongSelect)
    day_0 = forms.CharField(label=WEEKDAYS[0], required=False, max_length=120)
    day_1 = forms.CharField(label=WEEKDAYS[1], required=False, max_length=120)
    day_2 = forms.CharField(label=WEEKDAYS[2], required=False, max_length=120)
    day_3 = forms.CharField(label=WEEKDAYS[3], required=False, max_length=120)
    day_4 = forms.CharField(label=WEEKDAYS[4], required=False, max_length=120)
    day_5 = forms.CharField(label=WEEKDAYS[5], required=False, max_length=120)
    day_6 = forms.CharField(label=WEEKDAYS[6], required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in range(DAYS):
            self.fields[f"day_{day}"].widget.attrs.update({"placeholder": str(_("closed")), "autocomplete": "off"})

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        for day in range(DAYS):
            try:
                entered[f"day_{day}"] = read_spans(entered.get(f"day_{day}", ""))
            except ValueError:
                like = written(((_NINE, _FIVE),))
                self.add_error(
                    f"day_{day}",
                    ValidationError(_("Write hours like %(hours)s, or nothing: closed.") % {"hours": like}),
                )
        return entered

    def example(self) -> str:
        """A day with a break in between, as one may write it."""
        return written(((_NINE, 12 * 60), (13 * 60, _FIVE)))

    def week(self) -> Week:
        """What was entered."""
        return Week(self.cleaned_data["time_zone"], tuple(self.cleaned_data[f"day_{day}"] for day in range(DAYS)))


def initial_of(week: Week) -> dict[str, Any]:
    """The form's values for a week."""
    return {"time_zone": week.time_zone, **{f"day_{day}": written(spans) for day, spans in enumerate(week.days)}}


def read_spans(text: str) -> tuple[Span, ...]:
    """The hours of one day. Raises ValueError."""
    pieces = [piece.strip() for piece in re.split(r"[,;]", text) if piece.strip()]
    if len(pieces) > _MOST:
        raise ValueError(text)
    return tidy([_span(piece) for piece in pieces])


def written(spans: tuple[Span, ...]) -> str:
    """In the reader's clock, as read_spans reads them."""
    return ", ".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in spans)


def _span(piece: str) -> Span:
    found = _SPAN.match(piece.lower())
    if found is None:
        raise ValueError(piece)
    begin, end = _minute(*found.groups()[:3]), _minute(*found.groups()[3:])
    return begin, end or _DAY  # a day ends at midnight


def _minute(hour: str, minute: str | None, half: str | None) -> int:
    """Of the day. Raises ValueError for a time that no clock shows."""
    hours, minutes = int(hour), int(minute or 0)
    if minutes > 59 or (half and not 1 <= hours <= 12):
        raise ValueError(hour)
    return (hours % 12 + 12 * (half == "p") if half else hours) * 60 + minutes


def _clock(minute: int) -> str:
    """The day's end is 24:00 where hours are counted so."""
    shown = moments.hours(time(minute // 60 % 24, minute % 60))
    return "24:00" if minute == _DAY and shown == "00:00" else shown
