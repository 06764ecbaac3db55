"""Messages that are about something else get a conversation of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from rapport.conversations import access, history, locking, tallying, wording
from rapport.conversations.errors import CannotSplit, NotSplit
from rapport.conversations.models import Conversation, Message, Participant, Reference
from rapport.files.models import Attachment
from rapport.people.models import Account
from rapport.people.rights import Right

Status = Conversation.Status
_MOVABLE = (Message.State.DONE, Message.State.STRANGER)


def split(messages: Sequence[Message], *, by: Account | None) -> Conversation:
    """Move these messages of one conversation to a new open one of the same customer, inbox and team.

    Raises CannotSplit when they are of several conversations, not finished, or all there is; NotAllowed.
    """
    access.demand(by, Right.MANAGE)
    ids = sorted({message.pk for message in messages})
    if not ids or len({message.conversation_id for message in messages}) != 1:
        raise CannotSplit
    with transaction.atomic():
        locking.lock_living(messages[0].conversation)
        source = locking.lock(messages[0].conversation)
        rows = list(Message.objects.filter(pk__in=ids, conversation=source, state__in=_MOVABLE).order_by("at", "pk"))
        rest = Message.objects.filter(conversation=source, state__in=_MOVABLE).exclude(pk__in=ids)
        if source.is_aside or len(rows) != len(ids) or not rest.exclude(kind=Message.Kind.NOTE).exists():
            raise CannotSplit
        target = _beside(source, rows)
        _move(ids, target)
        _tell_anew([source, target, locking.living(source)])
        facts = {"source": source.pk, "target": target.pk, "messages": ids}
        history.changed(target, "opened", by=by, split_from=source.pk)
        history.changed(source, "split", by=by, **facts)
        return target


def undo_split(conversation: Conversation, *, by: Account | None) -> Conversation:
    """Put a split conversation back, with what arrived in it since; its number leads to the one it came from.

    Raises NotSplit, NotAllowed.
    """
    access.demand(by, Right.MANAGE)
    origin = conversation.split_from
    if origin is None:
        raise NotSplit
    with transaction.atomic():
        locking.lock_living_pair(conversation, origin)
        for row in sorted((conversation, origin), key=lambda row: row.pk):
            locking.lock(row)
        if (
            conversation.is_merged
            or conversation.split_from_id != origin.pk
            or origin.merged_into_id == conversation.pk
        ):
            raise NotSplit
        ids = list(Message.objects.filter(conversation=conversation).values_list("pk", flat=True))
        _move(ids, origin)
        if origin.waiting_since is None:  # else a reply over there would hide that somebody waits here
            origin.answered_message_id = max(origin.answered_message_id, conversation.answered_message_id)
            origin.save(update_fields=["answered_message_id"])
        conversation.merged_into, conversation.split_from = origin, None
        conversation.save(update_fields=["merged_into", "split_from"])
        _tell_anew([conversation, origin, locking.living(origin)])
        history.changed(origin, "unsplit", by=by, source=conversation.pk, target=origin.pk, messages=ids)
        return locking.living(origin)


def _beside(source: Conversation, rows: list[Message]) -> Conversation:
    first = rows[0]
    asker = next((row for row in rows if row.kind == Message.Kind.CUSTOMER), None)
    target = Conversation.objects.create(
        subject=first.subject or source.subject,
        status=Status.OPEN,
        priority=source.priority,
        stage=source.stage,
        channel=source.channel,
        inbox_id=source.inbox_id,
        team_id=source.team_id,
        customer_id=asker.customer_id if asker and asker.customer_id else source.customer_id,
        organisation_id=source.organisation_id,
        split_from=source,
        answered_message_id=source.answered_message_id,
        settled_message_id=source.settled_message_id,
        created_at=first.at,
        last_message_at=first.at,
    )
    people = Participant.objects.filter(conversation=source)
    if asker and asker.sender_email:
        role = Participant.Role.REQUESTER
        Participant.objects.create(
            conversation=target,
            customer_id=asker.customer_id,
            email=asker.sender_email,
            name=asker.sender_name,
            role=role,
        )
        people = people.exclude(email=asker.sender_email).exclude(role=role)
    copies = [
        Participant(conversation=target, customer_id=row.customer_id, email=row.email, name=row.name, role=row.role)
        for row in people
    ]
    Participant.objects.bulk_create(copies)
    return target


def _move(ids: list[int], target: Conversation) -> None:
    Message.objects.filter(pk__in=ids).update(conversation=target)
    Reference.objects.filter(message_id__in=ids).update(conversation=target)
    Attachment.objects.filter(message_id__in=ids).update(conversation_id=target.pk)


def _tell_anew(conversations: Iterable[Conversation]) -> None:
    """Columns and search words after messages moved."""
    for conversation in {row.pk: row for row in conversations}.values():
        tallying.recount(conversation)
        wording.index_anew(conversation)
