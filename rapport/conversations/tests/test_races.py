"""Two at once: one of them wins, nothing is lost, the other is told."""

from __future__ import annotations

import threading
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection, connections, transaction

from rapport.conversations import assigning, closing, locking, merging, releasing
from rapport.conversations.errors import AssignedMeanwhile, CannotMerge, ConversationRefusal
from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import fresh, make_cast
from rapport.events.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def at_once(*acts):
    """Run the acts in threads that start together; what each returned or refused with."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index):
        try:
            start.wait(10)
            results[index] = acts[index]()
        except ConversationRefusal as refused:
            results[index] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    connection.close()
    return results


def test_a_reply_goes_out_once_however_many_workers_try(cast):
    message = cast.holds(cast.conversation())
    copies = [Message.objects.get(pk=message.pk) for _ in range(4)]
    results = at_once(*[lambda copy=copy: releasing.release(copy) for copy in copies])
    assert sorted(results) == [False, False, False, True]
    assert Event.objects.filter(kind="message.replied").count() == 1


def test_of_two_replies_released_at_once_one_goes_out_and_one_comes_back(cast):
    conversation = cast.conversation()
    held = [cast.holds(conversation, by=cast.ana), cast.holds(conversation, by=cast.sam)]
    results = at_once(*[lambda one=one: releasing.release(one) for one in held])
    assert sorted(results) == [False, True]
    states = sorted(Message.objects.filter(kind="reply").values_list("state", flat=True))
    assert states == ["done", "returned"]


def test_of_two_who_take_a_conversation_one_gets_it_and_one_is_told(cast):
    conversation = cast.conversation()
    ana, sam = fresh(conversation), fresh(conversation)
    results = at_once(
        lambda: assigning.assign(ana, to=cast.ana, by=cast.ana), lambda: assigning.assign(sam, to=cast.sam, by=cast.sam)
    )
    assert sum(isinstance(result, AssignedMeanwhile) for result in results) == 1
    winner = next(result for result in results if isinstance(result, Conversation))
    assert fresh(conversation).assignee_id == winner.assignee_id


def test_two_merged_into_each_other_at_once_never_form_a_ring(cast):
    one, two = cast.conversation(), cast.conversation()
    results = at_once(
        lambda: merging.merge(fresh(one), into=fresh(two), by=cast.ana),
        lambda: merging.merge(fresh(two), into=fresh(one), by=cast.sam),
    )
    assert sum(isinstance(result, CannotMerge) for result in results) == 1
    assert Conversation.objects.filter(merged_into=None).count() == 1


def test_mail_that_arrives_during_a_merge_lands_in_the_living_conversation(cast):
    one, two = cast.conversation(), cast.conversation()
    stale = [fresh(one) for _ in range(3)]
    at_once(
        lambda: merging.merge(fresh(one), into=fresh(two), by=cast.ana),
        *[lambda row=row, n=n: cast.writes("More", into=row, message_id=f"m{n}@x") for n, row in enumerate(stale)],
    )
    assert fresh(two).message_count == 5
    assert Message.objects.count() == 5


def test_closing_and_a_customers_mail_at_once_never_lose_the_mail(cast):
    conversation = cast.conversation()
    at_once(
        lambda: closing.close(fresh(conversation), by=cast.ana),
        lambda: cast.writes("Wait!", into=fresh(conversation)),
    )
    after = fresh(conversation)
    assert after.message_count == 2
    assert (after.status == "open") == (after.waiting_since is not None)


def test_three_merged_in_a_ring_at_once_leave_one_that_all_are_reached_by(cast):
    for turn in range(6):
        ring = [cast.conversation() for _ in range(3)]
        chosen = [(ring[n], ring[(n + 1) % 3]) for n in range(3)]
        chosen = chosen[turn % 3 :] + chosen[: turn % 3]
        results = at_once(
            *[
                lambda one=one, two=two: merging.merge(fresh(one), into=fresh(two), by=cast.flora)
                for one, two in (chosen if turn < 3 else chosen[::-1])
            ]
        )
        # One of the three finds that what it wanted is already so; nobody waits for ever, nothing turns in a circle.
        assert sorted(isinstance(result, CannotMerge) for result in results) == [False, False, True], results
        assert {locking.living(fresh(one)).pk for one in ring} == {
            row.pk for row in ring if fresh(row).merged_into_id is None
        }


def test_what_is_taken_apart_between_looking_and_locking_is_looked_for_again(cast, monkeypatch):
    leaf, middle, root, other = (cast.conversation() for _ in range(4))
    merging.merge(leaf, into=middle, by=cast.flora)
    merging.merge(middle, into=root, by=cast.flora)
    stale, seen = fresh(leaf), fresh(root)
    merging.undo_merge(fresh(middle), by=cast.flora)
    real = locking.living
    for lock in (lambda: locking.lock_living(stale), lambda: locking.lock_living_pair(stale, other)[0]):
        looks = iter([seen])  # as it was a moment ago
        monkeypatch.setattr(locking, "living", lambda row, looks=looks: next(looks, None) or real(row))
        with transaction.atomic():
            assert lock().pk == middle.pk


def test_who_was_unmerged_since_it_was_read_stands_for_itself(cast):
    one, two = cast.conversation(), cast.conversation()
    merging.merge(one, into=two, by=cast.flora)
    stale = fresh(one)
    merging.undo_merge(fresh(one), by=cast.flora)
    assert locking.living(stale).pk == one.pk


def test_several_are_locked_in_the_order_of_ids_also_when_one_was_merged_since_it_was_read(cast, monkeypatch):
    one, two, three = (cast.conversation() for _ in range(3))
    stale = [fresh(two), fresh(three)]
    merging.merge(three, into=one, by=cast.flora)
    lock = Mock(wraps=locking.lock)
    monkeypatch.setattr(locking, "lock", lock)
    with transaction.atomic():
        assert [row.pk for row in locking.lock_all_living(stale)] == [two.pk, one.pk]
    last = [call.args[0].pk for call in lock.call_args_list][-2:]
    assert last == [one.pk, two.pk]  # what was locked before was let go of
