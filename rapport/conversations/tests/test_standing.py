"""Statuses of the company's own, within the five kinds; and the steps that people may take."""

from __future__ import annotations

import pytest

from rapport.conversations import (
    closing,
    counting,
    filtering,
    listing,
    merging,
    settling,
    shaping,
    snoozing,
    spamming,
    undoing,
)
from rapport.conversations.errors import MoveForbidden, NotAllowed, UnknownStatus
from rapport.conversations.models import Conversation
from rapport.conversations.tests.cast import again, fresh, in_minutes
from rapport.events.models import Event


@pytest.fixture
def supplier(cast):
    return shaping.create_status("Waiting for supplier", kind="waiting", by=cast.flora)


@pytest.fixture
def tulips(cast):
    return cast.conversation()


def put(conversation, status, by):
    return settling.put(fresh(conversation), status=status, by=by)


def last_undo(cast):
    newest = Event.objects.filter(actor_id=cast.ana.pk).latest("pk")
    return undoing.undo([newest.pk], by=again(cast.ana))


def standing(conversation):
    row = fresh(conversation)
    return row.status, row.own_status_id


def test_an_own_status_is_of_its_kind_for_lists_and_counts(cast, supplier, tulips):
    put(tulips, f"own:{supplier.pk}", cast.ana)
    assert standing(tulips) == ("waiting", supplier.pk)
    assert listing.counts(again(cast.ana))["open"] == 0
    counting.fold()
    chosen = filtering.parse_query('status:"waiting for supplier"')
    assert set(filtering.statuses(chosen)) >= {"waiting"}
    assert filtering.apply(chosen, Conversation.objects.all(), account=None).get() == tulips
    event = Event.objects.get(kind="conversation.waiting").data
    assert (event["before"], event["own_name"]) == ("open", "Waiting for supplier")


def test_the_customer_opens_it_and_the_own_status_is_gone(cast, supplier, tulips):
    put(tulips, f"own:{supplier.pk}", cast.ana)
    cast.writes("Any news?", into=tulips)
    assert standing(tulips) == ("open", None)
    closing.wait(fresh(tulips), by=cast.ana)
    assert standing(tulips) == ("waiting", None)


@pytest.mark.parametrize("kind", settling.KINDS)
def test_each_kind_has_statuses_of_its_own_and_each_is_left_again(cast, tulips, kind):
    own = shaping.create_status("Ours", kind=kind, days=3, by=cast.flora)
    assert put(tulips, f"own:{own.pk}", cast.ana).status == kind
    assert (fresh(tulips).snoozed_until is not None) == (kind == "snoozed")
    assert put(tulips, "open", cast.ana).status == "open"
    assert standing(tulips) == ("open", None)


def test_one_goes_from_an_own_status_to_another_of_its_kind_and_back(cast, supplier, tulips):
    other = shaping.create_status("With the lawyer", kind="waiting", by=cast.flora)
    put(tulips, f"own:{supplier.pk}", cast.ana)
    put(tulips, f"own:{other.pk}", cast.ana)
    assert standing(tulips) == ("waiting", other.pk)
    assert last_undo(cast).changes == 1
    assert standing(tulips) == ("waiting", supplier.pk)
    put(tulips, "waiting", cast.ana)
    assert standing(tulips) == ("waiting", None)


def test_undo_brings_an_own_status_back(cast, supplier, tulips):
    put(tulips, f"own:{supplier.pk}", cast.ana)
    closing.close(fresh(tulips), by=cast.ana)
    last_undo(cast)
    assert standing(tulips) == ("waiting", supplier.pk)


def test_spam_and_back_is_just_as_it_was(cast, supplier, tulips):
    put(tulips, f"own:{supplier.pk}", cast.ana)
    shaping.set_moves([(f"own:{supplier.pk}", "open")], by=cast.flora)
    spamming.mark_spam(fresh(tulips), by=cast.ana)
    assert standing(tulips) == ("spam", None)
    spamming.not_spam(fresh(tulips), by=cast.ana)
    assert standing(tulips) == ("waiting", supplier.pk)


def test_an_undone_merge_brings_it_back(cast, supplier, tulips):
    other = cast.conversation("And mine")
    put(tulips, f"own:{supplier.pk}", cast.ana)
    merging.merge(fresh(other), into=fresh(tulips), by=cast.ana)
    assert standing(tulips) == ("open", None)
    merging.undo_merge(fresh(other), by=cast.ana)
    assert standing(tulips) == ("waiting", supplier.pk)


def test_a_step_that_is_not_allowed_is_refused_and_not_offered(cast, supplier, tulips):
    shaping.set_moves([("open", "closed"), ("open", "snoozed"), ("snoozed", "open")], by=cast.flora)
    with pytest.raises(MoveForbidden, match=r"Open.*Closed"):
        closing.close(tulips, by=cast.ana)
    with pytest.raises(MoveForbidden):
        snoozing.snooze(tulips, until=in_minutes(5), by=cast.ana)
    with pytest.raises(MoveForbidden):
        cast.holds(tulips, then="closed")
    assert standing(tulips) == ("open", None)
    assert [key for key, _own in settling.offered(fresh(tulips))] == ["waiting", f"own:{supplier.pk}"]
    put(tulips, f"own:{supplier.pk}", cast.ana)
    assert put(tulips, "closed", cast.ana).status == "closed"


def test_what_rapport_does_by_itself_is_not_held_back(cast, tulips):
    shaping.set_moves([("open", "closed"), ("closed", "open")], by=cast.flora)
    closing.close(tulips, by=None)
    cast.writes("Still there?", into=tulips)
    assert standing(tulips) == ("open", None)


def test_steps_of_an_archived_status_come_back_with_it(cast, supplier, tulips):
    shaping.set_moves([("open", f"own:{supplier.pk}")], by=cast.flora)
    shaping.archive(supplier, by=cast.flora)
    with pytest.raises(UnknownStatus):
        put(tulips, f"own:{supplier.pk}", cast.ana)
    shaping.set_moves([], by=cast.flora)
    shaping.restore(supplier, by=cast.flora)
    with pytest.raises(MoveForbidden):
        put(tulips, f"own:{supplier.pk}", cast.ana)


@pytest.mark.parametrize("wrong", ["spam", "snoozed", "own:999", "own:x", "", "closed; drop"])
def test_a_status_that_cannot_be_chosen_is_refused(cast, supplier, tulips, wrong):
    with pytest.raises(UnknownStatus):
        put(tulips, wrong, cast.ana)


def test_who_may_not_is_refused(cast, supplier, tulips):
    with pytest.raises(NotAllowed):
        put(tulips, f"own:{supplier.pk}", cast.kim)
    with pytest.raises(NotAllowed):
        shaping.set_moves([], by=cast.ana)
