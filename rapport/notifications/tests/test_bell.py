"""What stands in the bell, for whom, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations import (
    assigning,
    closing,
    drafting,
    following,
    moving,
    noting,
    reading,
    releasing,
    snoozing,
)
from rapport.conversations.models import Draft
from rapport.conversations.tests.cast import Cast, cast, fresh
from rapport.events import recording
from rapport.events.models import Event
from rapport.kit import clock
from rapport.notifications import listing, ruling, seeing
from rapport.notifications.models import Notification
from rapport.notifications.topics import By, Topic, Wish
from rapport.outbox.models import Delivery
from rapport.people import joining
from rapport.people.models import Account, Role
from rapport.reactions import order, running

__all__ = ["cast"]


@pytest.fixture
def anas(cast: Cast):
    """A conversation Ana is responsible for, with nothing left to tell."""
    conversation = cast.conversation()
    running.run_due()
    return assigning.assign(conversation, to=cast.ana, by=cast.ana)


def told(account):
    """What the account's bell says, newest first, after everything that happened was reacted to."""
    while running.run_due():
        pass
    return [(one.said, one.why) for one in listing.newest(account)[0]]


def taken_draft(cast, conversation):
    drafting.save_draft(conversation, by=cast.ana, content=drafting.ReplyContent(html="<p>Dear</p>"))
    drafting.take_over(conversation, Draft.objects.get().pk, by=cast.sam)


def returned_reply(cast, conversation):
    held = cast.holds(conversation)
    cast.writes("Cancel!", into=conversation)
    releasing.release(held)


def woken(cast, conversation):
    snoozing.snooze(conversation, until=clock.now() + timedelta(hours=1), by=cast.sam)
    with clock.standing_at(clock.now() + timedelta(hours=2)):
        snoozing.wake_due()


HAPPENINGS = {
    ("assigned", "assigned"): lambda c, one: assigning.assign(
        assigning.assign(one, to=None, by=c.sam), to=c.ana, by=c.sam
    ),
    ("wrote", "assignee"): lambda c, one: c.writes("Hello?", into=one),
    ("noted", "assignee"): lambda c, one: noting.note(one, by=c.sam, html="Hm"),
    ("mentioned", "mentioned"): lambda c, one: noting.note(one, by=c.sam, html="Ana?", mentions=[c.shop, c.ana]),
    ("team_mentioned", "team_mentioned"): lambda c, one: noting.note(one, by=c.sam, html="Shop?", mentions=[c.shop]),
    ("taken", "drafted"): taken_draft,
    ("returned", "author"): returned_reply,
    ("woken", "assignee"): woken,
    ("reopened", "assignee"): lambda c, one: closing.reopen(closing.close(one, by=c.sam), by=c.sam),
}


@pytest.mark.parametrize("expected", HAPPENINGS, ids=lambda pair: pair[0])
def test_each_thing_that_concerns_somebody_is_told_once_and_for_its_reason(cast, anas, expected):
    first = Event.objects.latest("pk")
    HAPPENINGS[expected](cast, anas)
    assert told(cast.ana)[0] == expected
    assert listing.unread_count(cast.ana) == 1
    before = Notification.objects.count()
    for event in Event.objects.filter(pk__gt=first.pk):
        for reaction in order.reactions_to(event):
            reaction.run(event)
    assert Notification.objects.count() == before


def test_a_team_is_told_what_a_person_hands_to_it_and_nothing_of_what_machines_do(cast, anas):
    moving.move(anas, team=cast.drivers, by=cast.ana)
    assert told(cast.ben) == [("moved", "member")]
    assert told(cast.kim) == []  # a colleague sees only what it was asked


def test_whoever_does_it_is_not_told_and_history_tells_nobody(cast, anas):
    noting.note(anas, by=cast.ana, html="Me, myself", mentions=[cast.ana, cast.shop])
    cast.writes("Long ago", into=anas, historic=True)
    assert told(cast.ana) == []


def test_a_follower_is_told_until_it_follows_no_more(cast, anas):
    following.follow(anas, by=cast.sam)
    cast.writes("One", into=anas)
    assert told(cast.sam) == [("wrote", "follower")]
    following.unfollow(anas, by=cast.sam)
    cast.writes("Two", into=anas)
    assert told(cast.sam) == [("wrote", "follower")]


def test_what_is_on_the_screen_rings_no_bell_and_writes_no_mail(cast, anas):
    message = cast.writes("Hello?", into=anas)
    reading.mark_read(anas, by=cast.ana, up_to=message.pk)
    assert told(cast.ana) == [("wrote", "assignee")]
    assert listing.unread_count(cast.ana) == 0
    assert not Delivery.objects.filter(purpose="notification").exists()


def lose_team(cast):
    joining.remove_from_team(cast.ana, team=cast.shop, by=cast.flora)


def lose_reading(cast):
    Account.objects.filter(pk=cast.ana.pk).update(role=Role.objects.get(key="colleague"))


@pytest.mark.parametrize("loss", [lose_team, lose_reading])
def test_whoever_lost_the_conversation_sees_nothing_of_it_not_even_a_number(cast, anas, loss):
    cast.writes("A secret", into=anas)
    assert told(cast.ana)
    loss(cast)
    ana = Account.objects.get(pk=cast.ana.pk)
    assert (listing.newest(ana)[0], listing.unread_count(ana)) == ([], 0)
    assert listing.unread_of(ana, Topic.ANSWERED, 5) == []


def test_a_rule_decides_for_its_topic_alone(cast, anas):
    ruling.set_wish(cast.ana, topic=Topic.ANSWERED, wish=Wish(bell=False, mail=By.NEVER))
    cast.writes("Hello?", into=anas)
    noting.note(anas, by=cast.sam, html="Hm")
    assert told(cast.ana) == [("noted", "assignee")]
    ruling.set_wish(
        cast.ana, topic=Topic.ANSWERED, wish=Wish(bell=True, mail=By.NOW, push=True)
    )  # as the default: no row
    assert ruling.wishes([cast.ana.pk]) == {}


def test_reading_marks_what_was_shown_and_nothing_that_came_since(cast, anas):
    cast.writes("One", into=anas)
    assert told(cast.ana)
    shown = listing.newest_id(cast.ana)
    noting.note(fresh(anas), by=cast.sam, html="Hm")
    assert len(told(cast.ana)) == 2
    assert seeing.mark_all(cast.ana, up_to=shown) == 1
    assert listing.unread_count(cast.ana) == 1
    assert seeing.mark_conversations(cast.sam, [anas.pk]) == 0
    assert seeing.mark_conversations(cast.ana, [anas.pk]) == 1
    assert listing.unread_count(cast.ana) == 0


def test_the_bell_costs_the_same_few_queries_however_much_it_tells(cast, django_assert_num_queries):
    for number in range(12):
        one = cast.conversation(f"Mail {number}")
        running.run_due()
        assigning.assign(one, to=cast.ana, by=cast.sam)
        recording.record("delivery.failed", conversation=one.pk, data={"message": cast.replies(one).pk})
    assert len(told(cast.ana)) == 24
    listing.unread_count(cast.ana)
    with django_assert_num_queries(2):  # the switch of the installation, what is visible of the rows
        assert listing.unread_count(cast.ana) == 12
    with django_assert_num_queries(3):
        rung, after = listing.newest(cast.ana, most=10)
    assert len(rung) == 10
    assert [one.pk for one in listing.newest(cast.ana, before=after, most=100)[0]] < [one.pk for one in rung]
