"""The one place that reads the wall clock, so that a test can freeze time for everything at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Literal

Unit = Literal["second", "minute", "hour", "day"]

# What lies further ahead than anybody ever sets it, by more than this, was set before the clock went back.
SLACK = timedelta(minutes=1)
_UNITS: tuple[tuple[Unit, int], ...] = (("day", 86_400), ("hour", 3_600), ("minute", 60))


_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _standing.get() or datetime.now(UTC)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let this thread's clock stand at an aware moment, so that a story can be told as if it happened then."""
    token = _standing.set(moment)
    try:
        yield
    finally:
        _standing.reset(token)


def monotonic() -> float:
    """Seconds on a clock that never goes back; only differences mean anything."""
    return time.monotonic()


def utc_iso(moment: datetime) -> str:
    """`2026-03-01T09:30:00Z`, whole seconds, for an aware moment of any zone. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be told in UTC.")
    there = moment.astimezone(UTC) if moment.tzinfo is not UTC else moment
    # A list says two hundred of them, and `isoformat` takes three times as long.
    said = (there.year, there.month, there.day, there.hour, there.minute, there.second)
    return "%04d-%02d-%02dT%02d:%02d:%02dZ" % said  # noqa: UP031 - half the time of an f-string


def largest_unit(seconds: float) -> tuple[int, Unit]:
    """An age as one rounded-down figure and its unit: 250 → (4, "minute"). Negative ages count as none.

    Words and plurals belong to the page that shows them; this is the arithmetic only.
    """
    whole = max(0, int(seconds))
    for unit, length in _UNITS:
        if whole >= length:
            return whole // length, unit
    return whole, "second"
