"""Talking with somebody else about a conversation, beside it: the customer never sees any of it.

A side conversation is a conversation of its own, with its own people, references and messages, so that nothing that is
written to the customer can hold anything of it; it is seen by whoever sees the main one. Sending, undo, matching, held
strangers and deliveries are those of every conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from rapport.channels import listing as inboxes
from rapport.channels.contract import Address
from rapport.conversations import access, alongside, drafting, history, locking, quoting, recipients, replying
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import NoInbox, NoRecipient, NoSubject, OwnInbox, PartOfConversation
from rapport.conversations.models import ASIDE, Conversation, Draft, Message, Participant, SideConversation
from rapport.files import attaching
from rapport.files.models import Attachment
from rapport.kit import clock, text
from rapport.people.listing import customer_family
from rapport.people.models import Account, CustomerAddress
from rapport.people.recognising import address_key
from rapport.people.rights import Right

_SUBJECT_CHARS = 500


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What of the main conversation goes along because its author chose it; nothing else ever does.

    `about`: a message to be quoted below the words or, with `forward`, passed on whole. `files`: some of its files.
    """

    about: Message | None = None
    forward: bool = False
    files: Sequence[Attachment] = field(default_factory=tuple)


def begin(
    main: Conversation,
    *,
    by: Account,
    content: ReplyContent,
    enclosed: Enclosed | None = None,
    delay: timedelta | None = None,
) -> Message:
    """Write to somebody else about a conversation; the first letter is held like a reply.

    Answers come back beside the conversation. Raises TakenOver, NoInbox, NoSubject, NoRecipient, OwnInbox, PartOfConversation for
    somebody who takes part in the main conversation, and what `replying.reply` raises.
    """
    access.require(by, main, Right.REPLY)
    enclosed = enclosed or Enclosed()
    subject = text.clean_line(content.subject, _SUBJECT_CHARS)
    if not subject:
        raise NoSubject
    if not content.to:
        raise NoRecipient
    refuse_own_inboxes(content)
    with transaction.atomic():
        given, main = main, locking.lock_living(main)
        drafting.refuse_taken(given, by=by, content=content, kind=Draft.Kind.SIDE)
        if main.inbox_id is None:
            raise NoInbox
        refuse_participants(main, content)
        side = _beside(main, subject)
        SideConversation.objects.create(
            conversation=side, main=main, about=enclosed.about, is_forward=enclosed.forward, begun_by=by
        )
        recipients.accept(side, recipients.stored(content.to))
        below = quoting.below(enclosed.about, forward=enclosed.forward)
        ids = [*content.attachment_ids, *attaching.offer_again(enclosed.files, to=by.pk)]
        message = replying.reply(side, by=by, content=replace(content, enclosed=below, attachment_ids=ids), delay=delay)
        Message.objects.filter(pk=message.pk).update(subject=subject)  # an answer's prefix would be a lie
        message.subject = subject
        drafting.discard_letter(given, by=by, content=content)
        return message


def write(side: Conversation, *, by: Account, content: ReplyContent, delay: timedelta | None = None) -> Message:
    """Write once more in a side conversation. Raises OwnInbox, PartOfConversation, TakenOver, and what `replying.reply`
    raises."""
    refuse_own_inboxes(content)
    with transaction.atomic():
        locking.lock(side)  # who takes the draft over does so as well
        drafting.refuse_taken(side, by=by, content=content, kind=Draft.Kind.REPLY)
        refuse_participants(alongside.main_of(side), content)
        return replying.reply(side, by=by, content=content, delay=delay)


def finish(side: Conversation, *, by: Account) -> None:
    """Nothing more is expected from them. Their next message opens it again by itself."""
    access.demand(by, Right.REPLY)
    with transaction.atomic():
        locking.lock(side)
        if _rows(side).filter(done_at=None).update(done_at=clock.now()):
            history.changed(alongside.main_of(side), "side_done", by=by, side=side.pk, subject=side.subject)


def resume(side: Conversation, *, by: Account) -> None:
    """It is not done after all."""
    access.demand(by, Right.REPLY)
    with transaction.atomic():
        locking.lock(side)
        if _rows(side).exclude(done_at=None).update(done_at=None):
            history.changed(alongside.main_of(side), "side_resumed", by=by, side=side.pk, subject=side.subject)


def refuse_own_inboxes(content: ReplyContent) -> None:
    """Raises OwnInbox where this would go to the company itself: it would come back as a new conversation, or in a ring."""
    if any(inboxes.inbox_of(one.email) is not None for one in (*content.to, *content.cc, *content.bcc)):
        raise OwnInbox


def refuse_participants(main: Conversation, content: ReplyContent) -> None:
    """Raises PartOfConversation where this would reach the customer, or somebody the conversation itself reaches."""
    wanted = {address_key(one.email): one for one in (*content.to, *content.cc, *content.bcc)}
    accepted = (Participant.Role.REQUESTER, Participant.Role.COPY)
    part = Participant.objects.filter(conversation_id__in=locking.family_ids(main), role__in=accepted)
    known = set(part.filter(email__in=wanted).values_list("email", flat=True))
    if main.customer is not None:
        own = CustomerAddress.objects.filter(customer_id__in=customer_family(main.customer), email__in=wanted)
        known.update(own.values_list("email", flat=True))
    if known:
        raise PartOfConversation(wanted[min(known)].email)


def suggested_subject(message: Message | None, main: Conversation, *, forward: bool) -> str:
    """What the subject of a forwarded message begins with; of anything else nothing, because it would tell too much."""
    if not forward or message is None:
        return ""
    return text.clean_line(f"Fwd: {message.subject or main.subject}", _SUBJECT_CHARS)


def people(side: Conversation) -> list[Address]:
    """Whom a side conversation is held with."""
    return recipients.requesters([side.pk])


def _beside(main: Conversation, subject: str) -> Conversation:
    now = clock.now()
    return Conversation.objects.create(
        subject=subject,
        status=ASIDE,
        channel=main.channel,
        inbox_id=main.inbox_id,
        team_id=main.team_id,
        created_at=now,
        last_message_at=now,
    )


def _rows(side: Conversation) -> QuerySet[SideConversation]:
    return SideConversation.objects.filter(conversation_id=side.pk)
