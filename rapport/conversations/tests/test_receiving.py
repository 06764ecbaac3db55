"""A message arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rapport.channels.contract import Address, BounceReport, InboundKind
from rapport.conversations import closing, receiving, referencing, snoozing, spamming
from rapport.conversations.errors import NotHeld
from rapport.conversations.models import Conversation, Message, Participant
from rapport.conversations.tests.cast import CARLA, DAN, attachment, fresh, in_minutes, inbound, kinds
from rapport.events.models import Event
from rapport.files.models import Attachment
from rapport.kit import clock
from rapport.search import finding

Status = Conversation.Status


def test_a_first_mail_opens_a_conversation_of_the_inboxs_team(cast):
    conversation = cast.conversation("Where are my tulips?", subject="Tulips")
    assert (conversation.status, conversation.team, conversation.customer) == (Status.OPEN, cast.shop, cast.carla)
    assert (conversation.subject, conversation.preview) == ("Tulips", "Where are my tulips?")
    assert (conversation.message_count, conversation.channel) == (1, "email")
    assert conversation.waiting_since == conversation.last_customer_message_at == conversation.last_message_at
    assert kinds(conversation) == ["conversation.opened", "message.received"]


def test_the_customer_waits_since_the_oldest_message_nobody_answered(cast):
    conversation = cast.conversation()
    cast.writes("Hello?", into=conversation)
    assert fresh(conversation).waiting_since == conversation.waiting_since


@pytest.mark.parametrize("put_away", ["close", "wait", "snooze"])
def test_a_customers_message_opens_what_was_put_away(cast, put_away):
    conversation = cast.conversation()
    if put_away == "snooze":
        snoozing.snooze(conversation, until=in_minutes(60), by=cast.ana)
    else:
        getattr(closing, put_away)(conversation, by=cast.ana)
    cast.writes("One more thing", into=conversation)
    after = fresh(conversation)
    assert (after.status, after.closed_at, after.snoozed_until) == (Status.OPEN, None, None)
    assert after.waiting_since is not None
    assert {"conversation.reopened", "conversation.woken"} & set(kinds(conversation))


def test_spam_stays_spam_whatever_arrives(cast):
    conversation = spamming.mark_spam(cast.conversation(), by=cast.ana)
    cast.writes("Buy now", into=conversation)
    assert fresh(conversation).status == Status.SPAM
    assert fresh(conversation).waiting_since is None


@pytest.mark.parametrize("kind", [InboundKind.AUTO_REPLY, InboundKind.BOUNCE])
def test_no_machine_opens_a_closed_conversation_or_starts_the_clock(cast, kind):
    conversation = closing.close(cast.conversation(), by=cast.ana)
    cast.writes("I am on holiday", into=conversation, kind=kind)
    after = fresh(conversation)
    assert (after.status, after.waiting_since, after.message_count) == (Status.CLOSED, None, 2)
    assert f"message.{'auto_reply' if kind == InboundKind.AUTO_REPLY else 'bounced'}" in kinds(conversation)


def test_a_mail_server_that_reports_a_failure_becomes_no_customer(cast):
    message = cast.writes("Undelivered", sender=Address("mailer-daemon@example.com"), kind=InboundKind.BOUNCE)
    assert message.customer is None


def test_people_in_copy_are_suggested_and_the_inbox_itself_is_not(cast):
    friend = Address("friend@example.com", "A friend")
    conversation = cast.conversation(to=[Address("hello@fleur.example")], cc=[friend])
    roles = {row.email: row.role for row in conversation.participants.all()}
    assert roles == {CARLA.email: "requester", friend.email: "suggested"}


def test_a_message_is_found_by_the_id_its_mail_carried(cast):
    message = cast.writes(message_id="tulips-1@example.org")
    assert referencing.messages_named(["unknown@x", "<tulips-1@example.org>"]) == [message]
    assert len(referencing.reference_key("tulips-1@example.org")) == 40


def test_attachments_are_stored_counted_and_findable_by_name(cast):
    conversation = cast.conversation(attachments=[attachment("wreath.jpg"), attachment("note.txt", b"hi")])
    assert conversation.attachment_count == 2
    assert Attachment.objects.filter(conversation_id=conversation.pk).count() == 2
    assert finding.conversation_ids("wreath") == [conversation.pk]


def test_a_conversation_is_found_by_words_number_and_customer(cast):
    conversation = cast.conversation("A sunflower please")
    for words in ("sunflower", "tulips", "Conti", f"#{conversation.pk}"):
        assert finding.conversation_ids(words) == [conversation.pk], words


def test_a_stranger_joins_held_and_waits_for_an_agent(cast):
    conversation = closing.close(cast.conversation(), by=cast.ana)
    message = cast.writes("I am her brother", sender=DAN, into=conversation, stranger=True)
    after = fresh(conversation)
    assert (message.state, after.held_count, after.message_count, after.status) == ("stranger", 1, 1, Status.OPEN)
    assert not conversation.participants.filter(email=DAN.email).exists()
    assert "message.stranger" in kinds(conversation)
    assert "message.received" not in kinds(conversation)[2:]


def test_an_admitted_stranger_counts_and_takes_part(cast):
    conversation = cast.conversation()
    message = cast.writes("I am her brother", sender=DAN, into=conversation, stranger=True)
    receiving.admit_stranger(message, by=cast.ana)
    after = fresh(conversation)
    assert (after.held_count, after.message_count) == (0, 2)
    assert conversation.participants.get(email=DAN.email).role == Participant.Role.COPY
    with pytest.raises(NotHeld):
        receiving.admit_stranger(message, by=cast.ana)


def test_history_starts_no_clock_and_old_history_opens_closed(cast):
    old, recent = clock.now() - timedelta(days=400), clock.now() - timedelta(days=2)
    first = cast.conversation(date=old, historic=True)
    second = cast.conversation(date=recent, historic=True)
    assert (first.status, first.waiting_since, first.last_message_at) == (Status.CLOSED, None, old)
    assert (second.status, second.waiting_since) == (Status.OPEN, None)
    assert all(Event.objects.filter(conversation_id=first.pk).values_list("historic", flat=True))


def test_history_opens_nothing_again(cast):
    conversation = closing.close(cast.conversation(), by=cast.ana)
    cast.writes("Long ago", into=conversation, historic=True, date=datetime(2020, 1, 1, tzinfo=UTC))
    assert fresh(conversation).status == Status.CLOSED
    assert fresh(conversation).preview == "Where are my tulips?"


def test_a_bounce_stands_beside_our_message_and_marks_the_conversation(cast):
    conversation = cast.conversation()
    reply = cast.replies(conversation)
    report = BounceReport(CARLA.email, "5.1.1", 550, "No such user", permanent=True)
    bounce = receiving.attach_bounce(reply, inbound=inbound("Undelivered", sender=None, bounce=[report]))
    assert bounce.in_reply_to_message == reply
    assert CARLA.email in fresh(conversation).attention
    data = Event.objects.get(kind="message.bounced").data
    assert data == {"message": reply.pk, "recipients": [CARLA.email], "permanent": True}


def test_a_bounce_that_names_nobody_is_told_without_a_recipient(cast):
    conversation = cast.conversation()
    reply = cast.replies(conversation)
    report = BounceReport("", "5.0.0", None, "No such user", permanent=True)
    receiving.attach_bounce(reply, inbound=inbound("Undelivered", sender=None, bounce=[report]))
    assert fresh(conversation).attention == ""
    data = Event.objects.get(kind="message.bounced").data
    assert data == {"message": reply.pk, "recipients": [], "permanent": True}


def test_a_mail_nobody_could_read_is_a_conversation_with_the_file_and_a_notice(cast):
    raw = attachment("message.eml", b"\xff\xfe")
    message = receiving.receive_unreadable(inbox=cast.inbox, raw=raw)
    assert (message.kind, message.raw_sha256) == (Message.Kind.NOTICE, raw.sha256)
    assert fresh(message.conversation).waiting_since is not None
    assert Attachment.objects.get(message_id=message.pk).filename == "message.eml"
    assert "message.unreadable" in kinds(message.conversation)


def test_mail_in_a_colleagues_name_that_is_not_proved_is_a_note_marked_so(cast):
    conversation = cast.conversation()
    message = cast.writes("Tell her yes", sender=Address("ana@fleur.example"), into=conversation, as_note=True)
    assert (message.kind, message.author, message.sender_check) == (Message.Kind.NOTE, None, "claimed")
    assert fresh(conversation).message_count == 1
    assert Event.objects.get(kind="message.noted").data == {"unverified": True}


def test_what_the_mail_server_calls_spam_opens_as_spam_and_can_come_back(cast):
    conversation = cast.conversation(spam=True)
    assert (conversation.status, conversation.waiting_since) == (Status.SPAM, None)
    back = spamming.not_spam(conversation, by=cast.ana)
    assert back.status == Status.OPEN
    assert back.waiting_since is not None


def test_a_second_arrival_is_told_and_shows_the_conversation_to_that_inboxs_team(cast):
    from rapport.conversations import access

    message = cast.writes()
    assert not access.conversations_visible_to(cast.ben).exists()
    receiving.also_received(message, inbox=cast.drivers_inbox, at=clock.now())
    assert access.conversations_visible_to(cast.ben).get() == message.conversation
    assert len(Message.objects.get(pk=message.pk).also_received_at) == 1


def test_a_mail_without_a_sender_is_kept_all_the_same(cast):
    message = cast.writes("?", sender=None)
    assert (message.customer, message.conversation.customer) == (None, None)


def test_text_no_database_takes_is_made_storable(cast):
    message = cast.writes("a\x00b\ud800", subject="s\x00\nx", sender=Address("carla@example.org", "C\x00"))
    message.refresh_from_db()
    assert "\x00" not in message.text + message.subject + message.sender_name


def test_a_new_conversation_costs_few_queries(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        cast.writes(customer=cast.carla)
