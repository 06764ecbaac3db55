"""Who is told by mail, of what, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from rapport.channels.email.references import read_message_id
from rapport.conversations import assigning, following, noting, receiving, releasing, spamming
from rapport.conversations.models import Involvement, Message
from rapport.conversations.tests.cast import CARLA, DAN, Cast, cast, fresh
from rapport.events import recording
from rapport.events.models import Event
from rapport.kit import clock
from rapport.notifications import telling
from rapport.outbox.models import Delivery
from rapport.people.models import Account

__all__ = ["cast"]


@pytest.fixture
def anas(cast: Cast):
    """A conversation Ana is responsible for."""
    return assigning.assign(cast.conversation(), to=cast.ana, by=cast.ana)


def last_event(kind):
    return Event.objects.filter(kind=kind).order_by("pk").last()


def mails():
    return [delivery.payload for delivery in Delivery.objects.filter(purpose="notification").order_by("pk")]


def tell_of_mail(cast, conversation, words="Hello?", **options):
    cast.writes(words, into=conversation, **options)
    telling.about_customer_message(last_event("message.received"))


def test_the_assignee_is_told_what_the_customer_wrote_and_why(cast, anas):
    tell_of_mail(cast, anas, "Where are they?")
    [mail] = mails()
    assert (mail["to"], mail["subject"]) == ("ana@fleur.example", f"[#{anas.pk}] Carla Conti wrote in “Tulips”")
    assert "Where are they?" in mail["text"]
    assert "You get this because you are responsible for this conversation." in mail["text"]
    assert f"{settings.ENVIRONMENT.base_url}/conversations/{anas.pk}/" in mail["text"]


def test_an_answer_is_bound_to_the_one_person_told(cast, anas):
    tell_of_mail(cast, anas)
    [mail] = mails()
    reference = read_message_id(mail["external_id"], ring=settings.KEY_RING)
    assert reference is not None
    assert (reference.valid, reference.purpose, reference.account_id) == (True, "notify", cast.ana.pk)
    assert mail["reply_to"] == "hello@fleur.example"


def test_markup_in_a_customers_words_arrives_as_text(cast, anas):
    tell_of_mail(cast, anas, "<img src=x onerror=alert(1)>")
    [mail] = mails()
    assert "<img" not in mail["html"]
    assert "&lt;img" in mail["html"]


def test_whoever_follows_is_told_too(cast):
    conversation = cast.conversation()
    following.follow(conversation, by=cast.sam)
    tell_of_mail(cast, conversation)
    [mail] = mails()
    assert mail["to"] == "sam@fleur.example"
    assert "because you follow" in mail["text"]


def test_mentioned_colleagues_are_told_of_the_note_and_answer_with_a_note(cast, anas):
    noting.note(anas, by=cast.ana, html="<p>Kim, is the van free?</p>", mentions=[cast.kim])
    telling.about_note(last_event("message.noted"))
    [mail] = mails()
    reference = read_message_id(mail["external_id"], ring=settings.KEY_RING)
    assert mail["to"] == "kim@fleur.example"
    assert "is the van free?" in mail["text"]
    assert reference is not None
    assert (reference.purpose, reference.account_id) == ("note", cast.kim.pk)


def test_a_colleagues_customer_message_is_never_mailed_to_who_may_not_read_it(cast, anas):
    following.involve(anas, account=cast.kim, reason=Involvement.Reason.FOLLOWING)
    tell_of_mail(cast, anas)
    assert [mail["to"] for mail in mails()] == ["ana@fleur.example"]


def test_nobody_is_told_of_what_they_did(cast, anas):
    noting.note(anas, by=cast.ana, html="Hm")
    telling.about_note(last_event("message.noted"))
    assert mails() == []


def test_a_new_assignee_is_told_by_whom(cast):
    assigning.assign(cast.conversation(), to=cast.ana, by=cast.sam)
    telling.about_assignment(last_event("conversation.assigned"))
    assert mails()[0]["subject"].endswith("Sam Silva assigned “Tulips” to you")


def test_who_takes_a_conversation_is_not_told(cast, anas):
    telling.about_assignment(last_event("conversation.assigned"))
    assert mails() == []


def test_the_author_is_told_of_a_reply_that_came_back(cast, anas):
    held = cast.holds(anas, by=cast.sam)
    cast.writes("Cancel!", into=anas)
    releasing.release(held)
    telling.about_returned_reply(last_event("message.returned"))
    [mail] = mails()
    assert (mail["to"], mail["external_id"]) == ("sam@fleur.example", "")
    assert "because you wrote the reply" in mail["text"]


@pytest.mark.parametrize("kind", ["delivery.failed", "delivery.possibly_sent"])
def test_the_author_is_told_of_a_reply_that_could_not_be_delivered(cast, anas, kind):
    reply = cast.replies(anas)
    event = recording.record(kind, subject=1, conversation=anas.pk, data={"message": reply.pk})
    telling.about_failed_delivery(event)
    assert mails()[0]["to"] == "ana@fleur.example"


def test_the_author_is_told_of_a_final_bounce_only(cast, anas):
    from rapport.channels.contract import BounceReport, Inbound, InboundKind

    reply = cast.replies(anas)
    for permanent in (False, True):
        report = BounceReport(CARLA.email, "5.1.1", 550, "gone", permanent=permanent)
        receiving.attach_bounce(reply, inbound=Inbound(kind=InboundKind.BOUNCE, bounce=[report]))
        telling.about_bounce(last_event("message.bounced"))
        assert len(mails()) == int(permanent)


def test_not_more_than_one_mail_in_five_minutes(cast, anas):
    for _ in range(3):
        tell_of_mail(cast, anas)
    assert len(mails()) == 1
    event = last_event("message.received")
    event.pk, event.at = None, event.at + timedelta(minutes=6)
    event.save()
    telling.about_customer_message(event)
    assert len(mails()) == 2


def test_a_repeated_reaction_tells_nothing_twice_and_trouble_is_told_beside_news(cast, anas):
    held = cast.holds(anas)
    tell_of_mail(cast, anas)
    telling.about_customer_message(last_event("message.received"))
    releasing.release(held)
    for _ in range(2):
        telling.about_returned_reply(last_event("message.returned"))
    assert len(mails()) == 2


@pytest.mark.parametrize("reason", ["switched off", "left", "moved away", "spam", "history"])
def test_who_is_not_told(cast, anas, reason):
    if reason in ("switched off", "left"):
        change = {"mail_notifications": False} if reason == "switched off" else {"is_active": False}
        Account.objects.filter(pk=cast.ana.pk).update(**change)
    if reason == "moved away":
        cast.ana.memberships.all().delete()
    if reason == "spam":
        spamming.mark_spam(anas, by=cast.sam)
    tell_of_mail(cast, fresh(anas), historic=reason == "history", date=clock.now())
    assert mails() == []


def test_a_held_stranger_is_told_without_a_way_to_answer_by_mail(cast, anas):
    cast.writes("I am her brother", sender=DAN, into=anas, stranger=True)
    telling.about_customer_message(last_event("message.stranger"))
    [mail] = mails()
    assert mail["external_id"] == ""
    assert "does not take part" in mail["subject"]


def test_an_endless_message_is_told_in_part(cast, anas):
    tell_of_mail(cast, anas, "word " * 10_000)
    assert len(mails()[0]["text"]) < 3_000
    assert Message.objects.filter(text__startswith="word").exists()
