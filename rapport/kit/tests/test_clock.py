from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine

from rapport.kit import clock


def test_now_is_aware_and_in_utc():
    assert clock.now().tzinfo is UTC


def test_a_test_can_stop_the_clock():
    with time_machine.travel(datetime(2026, 3, 1, 9, 30, tzinfo=UTC), tick=False):
        assert clock.now() == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def test_monotonic_never_goes_back():
    before = clock.monotonic()
    assert clock.monotonic() >= before


def test_a_moment_of_any_zone_is_told_in_utc():
    moment = datetime(2026, 3, 1, 1, 30, 15, 999, tzinfo=timezone(timedelta(hours=5)))
    assert clock.utc_iso(moment) == "2026-02-28T20:30:15Z"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a time zone"):
        clock.utc_iso(datetime(2026, 3, 1))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, (0, "second")),
        (0, (0, "second")),
        (59.9, (59, "second")),
        (60, (1, "minute")),
        (3599, (59, "minute")),
        (3600, (1, "hour")),
        (86_399, (23, "hour")),
        (86_400, (1, "day")),
        (86_400 * 400, (400, "day")),
    ],
)
def test_an_age_is_told_in_its_largest_unit_rounded_down(seconds, expected):
    assert clock.largest_unit(seconds) == expected
