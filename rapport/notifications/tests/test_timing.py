"""Quiet hours and digests by the clock on the wall, also on the days on which it is changed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.notifications.timing import Quiet, digest_moment, quiet_until

BERLIN, NEW_YORK, KATHMANDU = map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Asia/Kathmandu"))
NIGHT = Quiet(time(22), time(7))
LUNCH = Quiet(time(12), time(13))
NIGHT_AND_WEEKEND = Quiet(time(22), time(7), weekend=True)


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "quiet", "until"),
    [
        ("2026-11-18 12:00", BERLIN, Quiet(), None),
        ("2026-11-18 12:00", BERLIN, Quiet(time(9), time(9)), None),
        ("2026-11-18 20:59", BERLIN, NIGHT, None),
        ("2026-11-18 21:00", BERLIN, NIGHT, "2026-11-19 06:00"),
        ("2026-11-19 05:59", BERLIN, NIGHT, "2026-11-19 06:00"),
        ("2026-11-19 06:00", BERLIN, NIGHT, None),
        ("2026-11-18 11:30", BERLIN, LUNCH, "2026-11-18 12:00"),
        ("2026-11-18 17:30", NEW_YORK, LUNCH, "2026-11-18 18:00"),
        ("2026-11-18 06:20", KATHMANDU, LUNCH, "2026-11-18 07:15"),
        # The night of Friday, the weekend and the night of Sunday are one.
        ("2026-11-20 22:00", BERLIN, NIGHT_AND_WEEKEND, "2026-11-23 06:00"),
        ("2026-11-21 12:00", BERLIN, Quiet(weekend=True), "2026-11-22 23:00"),
        # The clock goes forward at 02:00: the night has an hour less; back at 03:00: one more.
        ("2026-03-28 22:00", BERLIN, NIGHT, "2026-03-29 05:00"),
        ("2026-10-24 21:00", BERLIN, NIGHT, "2026-10-25 06:00"),
        # 02:30 comes twice: the first ends what began before it, the second what began between them.
        ("2026-10-25 00:00", BERLIN, Quiet(time(1), time(2, 30)), "2026-10-25 00:30"),
        ("2026-10-25 01:10", BERLIN, Quiet(time(1), time(2, 30)), "2026-10-25 01:30"),
        # 02:30 does not come at all: what comes instead ends it.
        ("2026-03-29 00:30", BERLIN, Quiet(time(1), time(2, 30)), "2026-03-29 01:30"),
    ],
)
def test_when_it_is_quiet_and_until_when(now, zone, quiet, until):
    assert quiet_until(at(now), zone, quiet) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("now", "zone", "hour", "moment"),
    [
        ("2026-11-18 12:00", BERLIN, 8, "2026-11-18 07:00"),
        ("2026-11-18 06:59", BERLIN, 8, "2026-11-17 07:00"),
        ("2026-11-18 07:00", BERLIN, 8, "2026-11-18 07:00"),
        ("2026-03-29 12:00", BERLIN, 2, "2026-03-29 01:00"),
        ("2026-10-25 12:00", BERLIN, 2, "2026-10-25 00:00"),
        ("2026-11-18 03:00", NEW_YORK, 23, "2026-11-17 04:00"),
    ],
)
def test_the_last_time_it_was_the_hour_of_the_digest(now, zone, hour, moment):
    assert digest_moment(at(now), zone, hour) == at(moment)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@given(MOMENTS, st.sampled_from([BERLIN, NEW_YORK, KATHMANDU]), st.integers(0, 23))
def test_a_digest_comes_once_a_day_on_every_day(now, zone, hour):
    moment = digest_moment(now, zone, hour)
    assert timedelta(0) <= now - moment <= timedelta(hours=25)
    assert digest_moment(moment, zone, hour) == moment


@given(MOMENTS, st.sampled_from([BERLIN, NEW_YORK, KATHMANDU]), TIMES, TIMES, st.booleans())
def test_quiet_always_ends_and_is_over_then(now, zone, starts, ends, weekend):
    quiet = Quiet(starts, ends, weekend)
    until = quiet_until(now, zone, quiet)
    if until is not None:
        assert now < until <= now + timedelta(days=5)
        assert quiet_until(until, zone, quiet) is None
