"""Mail of blocked senders: stored, out of sight, with the reason, and back whenever somebody wants."""

from __future__ import annotations

from rapport.conversations import spamming
from rapport.conversations.models import Conversation
from rapport.events.models import Event
from rapport.intake.tests.mails import arrive, conversation_of, mail, message_of
from rapport.people import blocking


def test_a_blocked_sender_joins_nothing_and_lies_in_the_spam_with_the_reason(cast):
    first = arrive(mail("Hello", message_id="<1@example.org>"), cast.inbox)
    row = blocking.block("carla@example.org", reason="Threats", by=cast.sam)
    angry = mail("Answer me", in_reply_to="<1@example.org>", message_id="<2@example.org>")
    second = arrive(angry, cast.inbox)
    again = arrive(mail("Answer", in_reply_to="<2@example.org>", message_id="<3@example.org>"), cast.inbox)
    stopped = conversation_of(second)
    assert (stopped.status, stopped.attention) == ("spam", "Blocked sender (carla@example.org): Threats")
    assert stopped.customer == cast.carla
    assert message_of(second).text.strip() == "Answer me"
    assert conversation_of(again) == stopped, "what answers spam joins it there"
    assert conversation_of(first).status == "open"
    assert not Event.objects.filter(kind="message.received", subject_id=second.message_id, data__spam=False).exists()
    row.refresh_from_db()
    assert (row.stopped, row.last_stopped_at is not None) == (2, True)


def test_not_spam_brings_it_back_and_unblocked_mail_arrives_as_ever(cast):
    row = blocking.block("example.org", reason="", by=cast.sam)
    stopped = conversation_of(arrive(mail("One"), cast.inbox))
    assert spamming.not_spam(stopped, by=cast.sam).status == Conversation.Status.OPEN
    blocking.unblock(row, by=cast.sam)
    assert conversation_of(arrive(mail("Two", message_id="<9@example.org>"), cast.inbox)).status == "open"
