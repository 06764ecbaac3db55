"""Reactions run at least once each, fail alone, are tried again and finally shown to a person."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from rapport.events import claiming, recording
from rapport.events.models import Event
from rapport.kit import clock
from rapport.reactions import order, running
from rapport.reactions.models import ReactionRetry
from rapport.reactions.order import Reaction
from rapport.rows import turns

pytestmark = pytest.mark.django_db(transaction=True)


class Doings:
    """What the reactions of a test did; `broken` names those that raise, after they have done half their work."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int]] = []
        self.broken: set[str] = set()

    def reaction(self, name: str, *, outward: bool = True) -> Reaction:
        def run(event: Event) -> None:
            assert connection.in_atomic_block
            if name in self.broken:
                recording.record("half.done")
                raise ValueError(f"{name} is broken")
            self.done.append((name, event.pk))

        return Reaction("test.happened", name, run, outward)


@pytest.fixture
def doings(monkeypatch) -> Doings:
    doings = Doings()
    monkeypatch.setattr(order, "REACTIONS", [doings.reaction("file", outward=False), doings.reaction("tell")])
    return doings


def happen(**fields) -> int:
    return recording.record("test.happened", **fields).pk


def wait(**time) -> None:
    """Let time pass for what waits."""
    passed = clock.now() - timedelta(**time)
    ReactionRetry.objects.update(next_try_at=passed)
    Event.objects.filter(claimed_until__isnull=False).update(claimed_until=passed)


def test_every_reaction_runs_once_in_the_order_of_the_list(doings):
    first, second = happen(), happen()
    assert running.run_due() == 2
    assert running.run_due() == 0
    assert doings.done == [("file", first), ("tell", first), ("file", second), ("tell", second)]


def test_events_share_a_transaction_until_one_fails_and_then_each_has_its_own(doings, monkeypatch):
    monkeypatch.setattr(turns, "LONGEST", 60.0)
    commits: list[int] = []
    writer: Any = connection
    commit = writer._commit

    def counting() -> None:
        commits.append(1)
        commit()

    monkeypatch.setattr(writer, "_commit", counting)
    first, second, third = happen(), happen(), happen()
    del commits[:]
    assert running.run_due() == 3
    assert len(commits) == 2  # claimed, handled
    assert [pk for _, pk in doings.done] == [first, first, second, second, third, third]
    doings.broken = {"tell"}
    fourth, fifth = happen(), happen()
    running.run_due()
    assert set(ReactionRetry.objects.values_list("event_id", "reaction")) == {(fourth, "tell"), (fifth, "tell")}
    assert not Event.objects.filter(handled=False).exists()
    assert not Event.objects.filter(kind="half.done").exists()


def test_when_asking_for_all_of_them_at_once_fails_each_asks_for_itself(doings, monkeypatch):
    def gather(events):
        raise ValueError("one of them cannot be read")

    monkeypatch.setattr(order, "REACTIONS", [doings.reaction("tell")._replace(gather=gather)])
    happened = [happen() for _ in range(3)]
    assert running.run_due() == 3
    assert doings.done == [("tell", event) for event in happened]


@pytest.mark.skipif(not connection.features.has_select_for_update, reason="one transaction at a time anyway")
def test_a_worker_that_was_suspended_and_the_one_that_took_over_do_not_both_react(doings, monkeypatch):
    event = happen()
    later = clock.now() + running.LEASE * 2
    told = doings.reaction("tell").run

    def other() -> None:
        with clock.standing_at(later):
            running.run_due()
        connections.close_all()

    def suspended(event: Event) -> None:
        monkeypatch.setattr(order, "REACTIONS", [doings.reaction("tell")])
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(20)
        told(event)

    monkeypatch.setattr(order, "REACTIONS", [Reaction("test.happened", "tell", suspended, True)])
    running.run_due()
    assert doings.done == [("tell", event)]


def test_an_event_nobody_reacts_to_is_handled_from_the_start(doings):
    recording.record("test.ignored")
    assert Event.objects.get().handled


def test_an_event_whose_reactions_are_no_more_is_handled_all_the_same(doings, monkeypatch):
    happen()
    monkeypatch.setattr(order, "REACTIONS", [])
    assert running.run_due() == 1
    assert Event.objects.get().handled


def test_a_reaction_that_fails_stops_no_other_and_leaves_nothing_behind(doings):
    doings.broken = {"file"}
    event = happen()
    running.run_due()
    assert doings.done == [("tell", event)]
    assert not Event.objects.filter(kind="half.done").exists()
    assert ReactionRetry.objects.get().last_error == "ValueError: file is broken"


@pytest.mark.parametrize("name", ["file", "tell"])
def test_what_failed_is_tried_again_later_and_nothing_else(doings, name):
    doings.broken = {name}
    event = happen()
    running.run_due()
    doings.broken, doings.done = set(), []
    running.run_due()
    assert doings.done == []
    wait(seconds=1)
    running.run_due()
    running.run_due()
    assert doings.done == [(name, event)]
    assert ReactionRetry.objects.get().state == ReactionRetry.State.DONE


def test_the_pauses_grow_and_the_eighth_failure_is_the_last(doings):
    doings.broken = {"tell"}
    happen()
    running.run_due()
    pauses = []
    while (row := ReactionRetry.objects.get()).state == ReactionRetry.State.WAITING:
        pauses.append(row.next_try_at - clock.now())
        wait(seconds=1)
        running.run_due()
    assert (row.state, row.attempts) == (ReactionRetry.State.DEAD, 8)
    assert pauses == sorted(pauses)
    assert len(pauses) == 7


@pytest.mark.parametrize("failures", [1, 4])
def test_a_clock_that_went_back_makes_no_reaction_wait_for_that_day_again(doings, failures):
    event = happen()
    Event.objects.update(handled=True)
    tomorrow = clock.now() + timedelta(days=1)
    due = tomorrow + running.WAITS[failures - 1]
    ReactionRetry.objects.create(event_id=event, reaction="tell", attempts=failures, next_try_at=due)
    with clock.standing_at(tomorrow):
        running.run_due()
    assert doings.done == []  # then it was still to wait
    running.run_due()
    assert doings.done == [("tell", event)]


def test_what_was_given_up_can_be_tried_again_by_hand(doings):
    event = happen()
    Event.objects.update(handled=True)
    dead = ReactionRetry.objects.create(event_id=event, reaction="tell", state=ReactionRetry.State.DEAD, attempts=8)
    assert running.retry_dead([dead.pk]) == 1
    running.run_due()
    assert doings.done == [("tell", event)]


def test_history_causes_nothing_outward(doings):
    event = happen(historic=True)
    running.run_due()
    assert doings.done == [("file", event)]


def test_after_a_crash_between_two_reactions_both_have_run(doings, monkeypatch):
    event = happen()

    class Killed(BaseException):
        pass

    def kill(event):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(order, "REACTIONS", [order.REACTIONS[0], Reaction("test.happened", "tell", kill)])
        running.run_due()
    assert running.run_due() == 0
    assert not Event.objects.get().handled
    wait(seconds=1)
    running.run_due()
    assert {("file", event), ("tell", event)} == set(doings.done)
    assert Event.objects.get().handled


def test_what_fails_only_when_it_is_committed_fails_alone_too(doings, monkeypatch):
    def refer_to_nobody(event):
        ReactionRetry.objects.create(event_id=event.pk + 1000, reaction="x", state=ReactionRetry.State.DONE)

    broken = Reaction("test.happened", "refer", refer_to_nobody)
    monkeypatch.setattr(order, "REACTIONS", [broken, doings.reaction("tell")])
    event = happen()
    running.run_due()
    assert doings.done[-1] == ("tell", event)
    assert [row.reaction for row in ReactionRetry.objects.all()] == ["refer"]
    assert Event.objects.get().handled


def test_a_slow_batch_is_given_back_before_its_claim_runs_out(doings, monkeypatch):
    happen(), happen()
    monkeypatch.setattr(turns, "LONGEST", -1.0)
    times = iter([0.0, 1.0, 1000.0])
    monkeypatch.setattr(clock, "monotonic", lambda: next(times))
    running.run_due()
    assert len(doings.done) == 2
    assert len(claiming.claim_open(limit=10, lease=running.LEASE).events) == 1


def test_a_reaction_that_is_no_longer_in_the_list_is_laid_to_rest(doings):
    event = happen()
    Event.objects.update(handled=True)
    ReactionRetry.objects.create(event_id=event, reaction="gone")
    running.run_due()
    assert ReactionRetry.objects.get().state == ReactionRetry.State.DONE


def test_the_next_try_is_known_so_that_nobody_has_to_look_for_it(doings):
    assert running.next_due_at() is None
    doings.broken = {"tell"}
    happen()
    running.run_due()
    assert running.next_due_at() == ReactionRetry.objects.get().next_try_at


def test_every_reaction_of_the_product_has_a_name_of_its_own():
    names = [(reaction.kind, reaction.name) for reaction in order.REACTIONS]
    assert len(names) == len(set(names))
