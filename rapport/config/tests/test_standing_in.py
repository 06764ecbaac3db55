"""A web process looks for silences in the worker's place, but only while the worker does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rapport.config import standing_in
from rapport.kit import clock
from rapport.reactions import schedule
from rapport.reactions.models import ScheduledRun

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def stands_in(seconds: float) -> bool:
    with clock.standing_at(NOON + timedelta(seconds=seconds)):
        return standing_in.stand_in()


@pytest.fixture
def watch_row() -> ScheduledRun:
    """A worker looked at noon and is due again in half a minute."""
    return ScheduledRun.objects.create(name=schedule.WATCH, last_success_at=NOON, next_at=NOON + timedelta(seconds=30))


def test_nobody_stands_in_for_a_worker_that_looks(watch_row):
    assert [stands_in(seconds) for seconds in (0, 30, 60, 89)] == [False, False, False, False]


def test_somebody_stands_in_each_half_minute_while_the_worker_is_silent(watch_row):
    assert [stands_in(seconds) for seconds in (95, 100, 125, 126, 155)] == [True, False, True, False, True]


def test_a_worker_that_waits_for_a_mail_server_just_now_is_not_silent(watch_row):
    ScheduledRun.objects.update(leased_until=NOON + timedelta(seconds=70) + schedule.LEASE)
    assert (stands_in(100), stands_in(140)) == (False, True)


def test_where_no_worker_ever_ran_somebody_stands_in_after_a_minute():
    assert [stands_in(seconds) for seconds in (0, 30, 90)] == [False, False, True]


def test_a_clock_that_went_back_does_not_end_the_watch(watch_row):
    assert stands_in(-7200)
