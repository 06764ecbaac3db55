"""Arithmetic of a week of opening hours; it knows neither Django nor the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = 7
DAY_MINUTES = 24 * 60

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven tuples of spans, Monday first, each in order and apart; in this time zone."""

    time_zone: str
    days: tuple[tuple[Span, ...], ...]

    def is_open_at(self, moment: datetime) -> bool:
        """Whether this aware moment lies within the hours."""
        local = moment.astimezone(ZoneInfo(self.time_zone))
        minute = local.hour * 60 + local.minute
        return any(begin <= minute < end for begin, end in self.days[local.weekday()])

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first moment after this one at which it opens, in UTC; None for a week that never does.

        Where clocks jump over an opening, it opens as much later.
        """
        zone = ZoneInfo(self.time_zone)
        today = moment.astimezone(zone).date()
        for day in (today + timedelta(days=ahead) for ahead in range(DAYS + 1)):
            for begin, _end in self.days[day.weekday()]:
                opening = _at(day, begin, zone)
                if opening > moment:
                    return opening
        return None


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def tidy(spans: list[Span]) -> tuple[Span, ...]:
    """In order, what overlaps or touches made one. Raises ValueError for a span that is empty or leaves the day."""
    tidied: list[Span] = []
    for begin, end in sorted(spans):
        if not 0 <= begin < end <= DAY_MINUTES:
            raise ValueError((begin, end))
        if tidied and begin <= tidied[-1][1]:
            tidied[-1] = (tidied[-1][0], max(end, tidied[-1][1]))
        else:
            tidied.append((begin, end))
    return tuple(tidied)
