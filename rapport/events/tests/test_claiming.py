"""Events are shared among workers: each is held by one, and a conversation's events stay in order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.events import claiming, heeding, recording
from rapport.events.models import Event

pytestmark = pytest.mark.django_db

LEASE = timedelta(seconds=60)
OVER = timedelta(seconds=-1)


@pytest.fixture(autouse=True)
def everything_concerns_somebody(monkeypatch):
    monkeypatch.setattr(heeding, "_concerns", lambda kind, historic: kind != "test.ignored")


def record(*conversations: int | None) -> list[int]:
    return [recording.record("test.happened", conversation=number).pk for number in conversations]


def claim(limit: int = 10, lease: timedelta = LEASE) -> list[int]:
    return [event.pk for event in claiming.claim_open(limit=limit, lease=lease).events]


def test_what_one_worker_holds_no_other_gets():
    first, second, third = record(1, 2, 3)
    assert claim(limit=2) == [first, second]
    assert claim() == [third]
    assert claim() == []


def test_an_event_waits_while_another_worker_holds_an_earlier_one_of_its_conversation():
    first, _, other = record(1, 1, 2)
    assert claim(limit=1) == [first]
    assert claim() == [other]


def test_what_a_killed_worker_held_is_free_again_when_its_claim_has_run_out():
    first, second = record(1, 1)
    assert claim(lease=OVER) == [first, second]
    assert claim() == [first, second]


def test_what_was_handled_never_comes_back():
    first, second = record(1, 2)
    claiming.mark_handled([first])
    assert claim(lease=OVER) == [second]


def test_what_was_given_back_is_free_at_once():
    ids = record(1, 1)
    claim()
    claiming.release(ids)
    assert claim() == ids


def test_the_end_of_the_first_claim_is_known():
    assert claiming.next_claim_ends_at() is None
    record(1)
    claim()
    assert claiming.next_claim_ends_at() == Event.objects.get().claimed_until


def test_what_concerns_nobody_is_handled_at_once_and_counted():
    first, second = record(1, 2)
    claim = claiming.claim_open(limit=10, lease=LEASE, concerns=lambda event: event.pk == second)
    assert ([event.pk for event in claim.events], claim.seen) == ([second], 2)
    assert Event.objects.get(pk=first).handled


def test_what_nobody_reacts_to_is_handled_as_it_is_written():
    recording.record("test.ignored")
    recording.record_all("test.ignored", [(1, {})], actor=None)
    assert list(Event.objects.values_list("handled", flat=True)) == [True, True]
    assert claim() == []


def test_looking_for_work_that_is_not_there_takes_no_write_lock(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert claiming.claim_open(limit=10, lease=LEASE) == ([], 0)


def test_what_was_claimed_before_the_clock_went_back_is_free_and_holds_up_nobody():
    first, second = record(1, 1)
    assert claim(limit=1, lease=LEASE + timedelta(hours=1)) == [first]
    assert claim() == [first, second]
