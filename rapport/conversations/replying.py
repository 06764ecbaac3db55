"""An agent answers: the reply is held, can be taken back, and goes out when it is released (see releasing)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from rapport.channels import registry
from rapport.channels.access import may_write_from
from rapport.channels.models import Inbox
from rapport.conversations import (
    access,
    drafting,
    embedding,
    filling,
    history,
    locking,
    recipients,
    referencing,
    standing,
)
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import (
    NoInbox,
    NoRecipient,
    NotFilled,
    NothingToSay,
    NotInThePast,
    SomeoneAnswered,
    TooLate,
    UnknownStatus,
)
from rapport.conversations.models import Conversation, Message
from rapport.files import attaching
from rapport.kit import clock, html, placeholders, text
from rapport.people import preferring
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows import ahead, writing
from rapport.rows.asking import Objects, Question

__all__ = ["ReplyContent", "cancel", "reply", "written_since"]

THEN = ("", Conversation.Status.CLOSED, Conversation.Status.WAITING, Conversation.Status.SNOOZED)
_ANSWER_PREFIX = re.compile(r"(?:\s*(?:re|aw|sv|antw|odp|vs)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)
Kind, State = Message.Kind, Message.State
_NEVER = datetime.min.replace(tzinfo=UTC)


def reply(
    conversation: Conversation, *, by: Account, content: ReplyContent, delay: timedelta | None = None, then: str = ""
) -> Message:
    """Hold a reply for `delay` (None: the author's undo time); `then` is the status once it has gone out.

    Raises SomeoneAnswered when a customer's or colleague's message is newer than what the author had seen;
    NothingToSay, NotFilled, NoRecipient, NoInbox, PictureMissing, UnknownStatus, NotAllowed, and files' UploadUnknown; FieldsMissing and
    MoveForbidden when `then` is a status that the author may not bring it to.
    """
    access.demand(by, Right.REPLY)
    _check_then(then, content)
    with transaction.atomic():
        given, conversation = conversation, locking.lock_living(conversation)
        with ahead.reading():  # nothing is written before the message itself
            _expect(conversation, given, by=by, content=content)
            family = locking.family_ids(conversation)
            since = written_since(family, seen=content.seen_message_id, author=by)
            if since:
                raise SomeoneAnswered(since)
            _demand_then(conversation, then, by=by)
            message = _held(conversation, family=family, by=by, content=content)
            message.inbox_id = _chosen_inbox(content, conversation, by)
            inbox = _inbox_of(message, conversation)
            begun = drafting.begun({given.pk, conversation.pk}, by=by)
        message.release_at = message.at + (_undo_time(by) if delay is None else delay)
        message.close_after, message.snooze_until = then, content.snooze_until
        writing.insert(message)
        attached = attaching.claim(
            content.attachment_ids, uploader=by.pk, conversation=conversation.pk, message=message.pk
        )
        message.attachment_count = len(attached)
        message.external_id = _new_external_id(message, inbox)
        writing.update(message, "attachment_count", "external_id")
        referencing.remember(message)
        drafting.discard_begun(begun, refills=content.refills)
        history.happened(message, "held", by=by, until=clock.utc_iso(message.release_at))
        return message


def cancel(message: Message, *, by: Account, keeps: bool = True) -> Message:
    """Undo send: the reply, the question to a colleague or the note goes back into its author's draft; nowhere with
    `keeps` off, for words that are kept elsewhere. Raises TooLate when it has been released."""
    access.demand(by, Right.NOTE if message.kind == Kind.NOTE else Right.REPLY)
    with transaction.atomic():
        conversation = locking.lock_living(message.conversation)
        if not Message.objects.filter(pk=message.pk, state=State.HELD).update(state=State.CANCELLED):
            raise TooLate
        message.refresh_from_db()
        if keeps:
            drafting.restore(message, conversation=conversation, because="")
        history.happened(message, "cancelled", by=by)
        return message


def written_since(
    family: list[int], *, seen: int, author: Account | None, held: Message | None = None
) -> list[Message]:
    """What the customer or another colleague wrote after message `seen`, oldest first.

    `held`: also replies of others that went out while this one was held; their ids may be smaller.
    """
    shape = (author is not None, held is not None)
    found = [pk for (pk,) in _written_since.ask(*_newest_seen(seen, family, author, held), shape=shape)]
    if not found:
        return []
    return list(Message.objects.filter(pk__in=found).select_related("author", "customer").order_by("at", "pk"))


def _newest_seen(
    seen: int, family: Sequence[int], author: Account | None, held: Message | None
) -> tuple[int, Sequence[int], int, datetime]:
    return seen, family, author.pk if author else 0, held.at if held else _NEVER


def _expect(conversation: Conversation, given: Conversation, *, by: Account, content: ReplyContent) -> None:
    """Bring along what is asked of the conversation once it is locked; mostly nothing was merged into it."""
    family = [conversation.pk]
    _written_since.expect(*_newest_seen(content.seen_message_id, family, by, None), shape=(True, False))
    if not content.to:
        recipients.expect_requesters(family)
    _last_of_customer.expect(family)
    if conversation.inbox_id and not content.inbox_id:
        _inboxes.expect(conversation.inbox_id)
    drafting.expect_begun({given.pk, conversation.pk}, by=by)


def answer_subject(subject: str) -> str:
    """The subject of an answer: one `Re:`, however many answers there were."""
    bare = _ANSWER_PREFIX.sub("", subject, count=1) if _ANSWER_PREFIX.match(subject) else subject
    return text.clean_line(f"Re: {bare}", 500)


def _held(conversation: Conversation, *, family: list[int], by: Account, content: ReplyContent) -> Message:
    clean = html.sanitize(content.html + content.enclosed)
    words = html.to_text(clean)
    if not words.strip() and not content.attachment_ids and "<img" not in clean:
        raise NothingToSay
    own = html.sanitize(content.html) if content.enclosed else clean
    embedding.require_pictures(own, content.attachment_ids, by=by)
    unfilled = placeholders.names(html.to_text(own) if content.enclosed else words)
    if unfilled:
        raise NotFilled(unfilled)
    to = recipients.stored(content.to or recipients.requesters(family))
    if not to and not content.cc and not content.bcc:
        raise NoRecipient
    last = _last_of_customer.ask(family)
    return Message(
        conversation=conversation,
        kind=Kind.REPLY,
        state=State.HELD,
        author=by,
        sender_name=by.name,
        to=to,
        cc=recipients.stored(content.cc),
        bcc=recipients.stored(content.bcc),
        subject=text.clean_line(content.subject, 500) or answer_subject(conversation.subject),
        html=clean,
        text=words,
        reply_text=words,
        in_reply_to_message_id=last[0][0] if last else None,
        seen_message_id=content.seen_message_id,
        at=clock.now(),
    )


def _inbox_of(message: Message, conversation: Conversation) -> Inbox:
    sent_from = message.inbox_id or conversation.inbox_id
    found = _inboxes.ask(sent_from) if sent_from else []
    if not found:
        raise NoInbox
    return found[0]


def _new_external_id(message: Message, inbox: Inbox) -> str:
    adapter = registry.adapter_for(inbox.kind)
    if not adapter.capabilities.threads_by_reference:
        return ""
    return adapter.new_external_id(message.pk, purpose="reply", address=inbox.address, signer=settings.KEY_RING)


def _check_then(then: str, content: ReplyContent) -> None:
    if then not in THEN:
        raise UnknownStatus
    if then == Conversation.Status.SNOOZED and (content.snooze_until is None or content.snooze_until <= clock.now()):
        raise NotInThePast


def _demand_then(conversation: Conversation, then: str, *, by: Account) -> None:
    """Asked now, while the author can still do something about it; the release asks no more."""
    if not then or conversation.status in (then, Conversation.Status.SPAM):
        return
    if then == Conversation.Status.CLOSED:
        filling.demand_complete(conversation)
    standing.demand_move(conversation, then, by=by)


def _undo_time(by: Account) -> timedelta:
    return timedelta(seconds=preferring.undo_seconds(by))


def _chosen_inbox(content: ReplyContent, conversation: Conversation, by: Account) -> int | None:
    """The inbox the author chose, if it is another one than the conversation's. Raises NoInbox."""
    if not content.inbox_id:
        return None
    if not may_write_from(by, content.inbox_id):
        raise NoInbox
    return content.inbox_id if content.inbox_id != conversation.inbox_id else None


def _newer(
    shape: tuple[bool, bool], seen: int, family: Sequence[int], author: int, held_at: datetime
) -> QuerySet[Any, Any]:
    has_author, is_held = shape
    after = Q(pk__gt=seen)
    if is_held:
        after |= Q(kind=Kind.REPLY, at__gt=held_at)
    found = Message.objects.filter(
        after, conversation_id__in=family, kind__in=[Kind.CUSTOMER, Kind.REPLY], state__in=[State.DONE, State.STRANGER]
    )
    return (found.exclude(kind=Kind.REPLY, author_id=author) if has_author else found).values_list("pk")


_written_since = Question(_newer)
_last_of_customer = Question(
    lambda family: (
        Message.objects.filter(conversation_id__in=family, kind=Kind.CUSTOMER, state=State.DONE)
        .order_by("-pk")
        .values_list("pk")[:1]
    )
)
_inboxes = Objects(lambda pk: Inbox.objects.filter(pk=pk))
