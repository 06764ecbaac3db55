"""What one did a moment ago is taken back, unless somebody changed it since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations import applying, assigning, authoring, closing, moving, snoozing, spamming, tagging, undoing
from rapport.conversations.errors import NotAllowed, TooLate
from rapport.conversations.tests.cast import fresh, in_minutes
from rapport.events.models import Event
from rapport.kit import clock


def events_of(account):
    return list(Event.objects.filter(actor_id=account.pk).values_list("pk", flat=True))


def state(conversation):
    now = fresh(conversation)
    tags = sorted(now.tags.values_list("name", flat=True))
    return (now.status, now.team, now.assignee, now.priority, now.stage, now.snoozed_until, now.waiting_since, tags)


def everything(cast, conversation):
    acts = [("tag", "vip"), ("team", str(cast.drivers.pk)), ("priority", "3"), ("stage", "after"), ("status", "closed")]
    macro = authoring.create(
        authoring.Prepared("All", acts=[{"act": act, "value": value} for act, value in acts]), by=cast.flora
    )
    applying.apply(macro, conversation, by=cast.ana)


@pytest.mark.parametrize(
    "act",
    [
        lambda cast, one: closing.close(one, by=cast.ana),
        lambda cast, one: closing.wait(one, by=cast.ana),
        lambda cast, one: snoozing.snooze(one, until=in_minutes(60), by=cast.ana),
        lambda cast, one: spamming.mark_spam(one, by=cast.ana),
        lambda cast, one: assigning.assign(one, to=cast.ana, by=cast.ana),
        lambda cast, one: tagging.tag(one, name="vip", by=cast.ana),
        everything,
    ],
)
def test_every_act_can_be_taken_back(cast, act):
    conversation = assigning.assign(cast.conversation(), to=cast.sam, by=cast.sam)
    before = state(conversation)
    act(cast, fresh(conversation))
    assert state(conversation) != before
    undoing.undo(events_of(cast.ana), by=cast.ana)
    assert state(conversation) == before


def test_a_snooze_that_was_ended_by_closing_goes_on(cast):
    conversation = snoozing.snooze(cast.conversation(), until=in_minutes(60).replace(microsecond=0), by=cast.sam)
    before = state(conversation)
    closing.close(conversation, by=cast.ana)
    undoing.undo(events_of(cast.ana), by=cast.ana)
    assert state(conversation) == before


def test_what_somebody_changed_since_is_left(cast):
    one, other = cast.conversation(), cast.conversation("Other")
    for conversation in (one, other):
        closing.close(conversation, by=cast.ana)
    cast.writes("One more thing", into=fresh(one))
    assert undoing.undo(events_of(cast.ana), by=cast.ana) == undoing.Undone(changes=1, left=1)
    moving.move(fresh(other), team=cast.drivers, by=cast.flora)


def test_nobody_takes_back_what_others_did_or_what_is_long_past(cast, monkeypatch):
    conversation = closing.close(cast.conversation(), by=cast.ana)
    with pytest.raises(TooLate):
        undoing.undo(events_of(cast.ana), by=cast.sam)
    with pytest.raises(NotAllowed):
        undoing.undo(events_of(cast.ana), by=cast.kim)
    later = clock.now() + timedelta(hours=1)
    with clock.standing_at(later), pytest.raises(TooLate):
        undoing.undo(events_of(cast.ana), by=cast.ana)
    assert fresh(conversation).status == "closed"
