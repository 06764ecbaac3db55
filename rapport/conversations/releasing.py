"""A held reply's time has come: it goes out, unless somebody wrote in the meantime."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rapport.conversations import (
    alongside,
    asking,
    attending,
    closing,
    drafting,
    history,
    locking,
    noting,
    recipients,
    replying,
    snoozing,
    standing,
    tallying,
)
from rapport.conversations.models import Conversation, Message
from rapport.kit import clock
from rapport.people import speaking
from rapport.people.rights import Right
from rapport.search import indexing

log = structlog.get_logger(__name__)

State, Status = Message.State, Conversation.Status
# A reply held no longer than this waits to be taken back, not for a time of day that somebody chose.
LONGEST_UNDO = timedelta(seconds=300)
AGAIN_AFTER = timedelta(minutes=1)


def release_due(limit: int = 50) -> int:
    """Release or return replies whose time has come, oldest first; how many were dealt with.

    One that cannot be released stops no other: it shows on its conversation and is tried again in a minute.
    """
    _mind_the_clock()
    due = Message.objects.filter(state=State.HELD, release_at__lte=clock.now()).order_by("release_at", "pk")[:limit]
    dealt_with = 0
    for message in due:
        try:
            release(message)
        except (OperationalError, InterfaceError):
            raise  # the database is away or has no time: nothing is wrong with this reply
        except Exception:
            log.exception("reply_not_released", message=message.pk)
            _put_off(message)
        dealt_with += 1
    return dealt_with


def release(message: Message) -> bool:
    """Let a held reply go out, or give it back to its author when the customer or a colleague wrote since.

    True when it went out. False when it was returned, is not due, or somebody else dealt with it first.
    """
    with transaction.atomic():
        conversation = locking.lock_living(message.conversation)
        message.refresh_from_db()
        if message.state != State.HELD or message.release_at is None or message.release_at > clock.now():
            return False
        if message.kind == Message.Kind.NOTE:  # whatever the customer wrote, a colleague may be told and asked
            return _take(message, State.DONE) and _note(message, conversation)
        since = replying.written_since(
            locking.family_ids(conversation), seen=message.seen_message_id, author=message.author, held=message
        )
        if since:
            _give_back(message, conversation, since)
            return False
        if not _take(message, State.DONE):
            return False
        _go_out(message, conversation)
        return True


def _mind_the_clock() -> None:
    """What was held in the future was held before the clock went back: its time to be taken back begins now.

    Its `release_at` then lies before its `at`, so that this is done once.
    """
    now = clock.now()
    ahead = Message.objects.filter(
        state=State.HELD, at__gt=now + clock.SLACK, release_at__range=(F("at"), F("at") + LONGEST_UNDO)
    )
    for message in ahead:
        if message.release_at is not None:
            held = Message.objects.filter(pk=message.pk, state=State.HELD, release_at=message.release_at)
            held.update(release_at=now + (message.release_at - message.at))


def _put_off(message: Message) -> None:
    with transaction.atomic():
        if Message.objects.filter(pk=message.pk, state=State.HELD).update(release_at=clock.now() + AGAIN_AFTER):
            shown = locking.living(message.conversation).pk
            attending.call_attention(shown, to=gettext_noop("A reply could not be sent yet; Rapport tries again."))


def _take(message: Message, state: Message.State) -> bool:
    """The one step that two processes may try at once; only one of them changes the row."""
    now = clock.now()
    held = Message.objects.filter(pk=message.pk, state=State.HELD, release_at__lte=now)
    if not held.update(state=state, at=now):
        return False
    message.state, message.at = state, now
    return True


def _give_back(message: Message, conversation: Conversation, since: list[Message]) -> None:
    if not _take(message, State.RETURNED):
        return
    last = since[-1]
    who = last.author.name if last.author else last.sender_name or last.sender_email
    with translation.override(speaking.colleague(message.author) if message.author else speaking.company()):
        because = _("%s wrote before your reply went out. Read it, then send again.") % who
    drafting.restore(message, conversation=conversation, because=because)
    history.happened(message, "returned", by=None, author=message.author_id, since=[one.pk for one in since])


def _note(message: Message, conversation: Conversation) -> bool:
    (asking if message.to else noting).go_out(message, conversation)  # only a question names somebody it goes to
    return True


def _go_out(message: Message, conversation: Conversation) -> None:
    conversation.attention = ""
    tallying.count_in(message, conversation)
    tallying.answer(conversation)
    recipients.accept(conversation, [*message.to, *message.cc])
    if conversation.is_aside:
        history.happened(message, "sent_aside", by=message.author)  # no answer to the customer: it stops no clock
        alongside.said(message, conversation)
        return
    history.happened(message, "replied", by=message.author)
    indexing.add_to_conversation(conversation.pk, message.text)
    # Who has left since, or may only reply, leaves the status to others; the words go out all the same.
    if conversation.status == Status.SPAM or (message.author and not message.author.may(Right.MANAGE)):
        return
    with standing.freely():  # it was asked whether this may be when the reply was written
        _then(message, conversation)


def _then(message: Message, conversation: Conversation) -> None:
    if message.close_after == Status.CLOSED:
        closing.close(conversation, by=message.author)
    elif message.close_after == Status.WAITING:
        closing.wait(conversation, by=message.author)
    elif message.close_after == Status.SNOOZED and message.snooze_until and message.snooze_until > clock.now():
        snoozing.snooze(conversation, until=message.snooze_until, by=message.author)
