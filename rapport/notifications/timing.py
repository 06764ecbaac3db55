"""Arithmetic of quiet hours and digests: pure, by the person's own clock on the wall, moments in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

_SATURDAY = 5
_DAYS_AHEAD = 4  # a weekend and what stands around it


@dataclass(frozen=True, slots=True)
class Quiet:
    """From when to when (it may pass midnight), and whether whole weekends are quiet as well."""

    starts: time | None = None
    ends: time | None = None
    weekend: bool = False


def quiet_until(now: datetime, zone: tzinfo, quiet: Quiet) -> datetime | None:
    """When the quiet that holds at `now` is over; None when it is not quiet. Quiet times that touch are one."""
    end = None
    moment = now
    for _ in range(_DAYS_AHEAD):
        over = _over(moment, zone, quiet)
        if over is None:
            break
        end = moment = over
    return end


def digest_moment(now: datetime, zone: tzinfo, hour: int) -> datetime:
    """The last time at or before `now` that it was this hour there. An hour that the clock jumps over is the next one;
    of an hour that comes twice the first counts."""
    today = now.astimezone(zone).date()
    at = datetime.combine(today, time(hour), zone).astimezone(UTC)
    if at <= now:
        return at
    return datetime.combine(today - timedelta(days=1), time(hour), zone).astimezone(UTC)


def _over(now: datetime, zone: tzinfo, quiet: Quiet) -> datetime | None:
    local = now.astimezone(zone)
    if quiet.weekend and local.weekday() >= _SATURDAY:
        monday = local.date() + timedelta(days=7 - local.weekday())
        return datetime.combine(monday, time(0), zone).astimezone(UTC)
    starts, ends = quiet.starts, quiet.ends
    if starts is None or ends is None or starts == ends:
        return None
    wall = local.time()
    if starts < ends:
        days = 0 if starts <= wall < ends else None
    else:
        days = 1 if wall >= starts else 0 if wall < ends else None
    if days is None:
        return None
    return _after(now, datetime.combine(local.date() + timedelta(days=days), ends, zone))


def _after(now: datetime, local: datetime) -> datetime | None:
    """The moment of a time on the wall that lies ahead; of one that comes twice the second, if the first is over."""
    for each in (local, local.replace(fold=1)):
        if each.astimezone(UTC) > now:
            return each.astimezone(UTC)
    return None
