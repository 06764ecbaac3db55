"""The company's week is read and set."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from rapport.events import auditing
from rapport.hours.models import OpeningHours
from rapport.hours.week import Week, tidy
from rapport.people.models import Account
from rapport.rows import gathering
from rapport.rows.reading import Kept

_ONLY_ROW = 1
_row = Kept(lambda: OpeningHours.objects.filter(pk=_ONLY_ROW))


def current() -> Week | None:
    """The week that was set; None while nobody has set one."""
    return gathering.once(_row, _read)


def _read() -> Week | None:
    row = _row.first(_ONLY_ROW)
    if row is None:
        return None
    return Week(row.time_zone, tuple(tidy([(begin, end) for begin, end in spans]) for spans in row.days))


def zone() -> ZoneInfo:
    """Where the company is: the time zone of its week, else that of the installation."""
    row = _row.first(_ONLY_ROW)
    return ZoneInfo(row.time_zone if row is not None else settings.TIME_ZONE)


@transaction.atomic
def keep(week: Week, *, by: Account | None) -> None:
    """From now on the company answers at these hours."""
    row = OpeningHours.objects.filter(pk=_ONLY_ROW).first() or OpeningHours(pk=_ONLY_ROW)
    before = _told(row)
    row.time_zone, row.days = week.time_zone, [[list(span) for span in spans] for spans in week.days]
    row.save()
    auditing.changed("hours.changed", row, by=by, before=before, after=_told(row))


def _told(row: OpeningHours) -> dict[str, object]:
    days = [", ".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in spans) for spans in row.days]
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return {"time_zone": row.time_zone, **dict(zip(names, days, strict=False))}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
