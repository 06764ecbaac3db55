"""A week as people write it: `09:00–12:00, 13:00–17:00` for each day, nothing for a day on which it is closed."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from rapport.desk.account.forms import known_zones
from rapport.hours.week import DAYS, Span, Week, tidy
from rapport.ui.selecting import LongSelect

_SPAN = re.compile(r"^(\d{1,2})(?:[:.h](\d{2}))?\s*(?:-|–|—|to)\s*(\d{1,2})(?:[:.h](\d{2}))?$")
_MOST = 8


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
                self.add_error(f"day_{day}", ValidationError(_("Write hours like 09:00–17:00, or nothing: closed.")))
        return entered

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
    """As read_spans reads them."""
    return ", ".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in spans)


def _span(piece: str) -> Span:
    found = _SPAN.match(piece.lower())
    if found is None:
        raise ValueError(piece)
    hours = [int(part or 0) for part in found.groups()]
    if hours[1] > 59 or hours[3] > 59:
        raise ValueError(piece)
    return hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
