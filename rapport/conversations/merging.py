"""Two conversations about the same thing become one to look at. Nothing moves: a link is set, and can be taken off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from rapport.conversations import access, filling, history, locking, tallying, ticking, wording
from rapport.conversations.errors import CannotMerge, NotMerged
from rapport.conversations.models import Conversation, ConversationTag, Draft, Participant
from rapport.events.models import Event
from rapport.people.models import Account
from rapport.people.rights import Right

Status = Conversation.Status


def merge(conversation: Conversation, *, into: Conversation, by: Account | None) -> Conversation:
    """Let `into` (or what stands for it) stand for `conversation` too; returns the living one.

    Its columns then count both, tags and participants join, and it opens when the merged one was open. The person must see both.
    Raises CannotMerge, NotFound, NotAllowed.
    """
    if by is not None:
        access.require(by, conversation, Right.MANAGE)
        access.require(by, into, Right.MANAGE)
    with transaction.atomic():
        _, target = locking.lock_living_pair(conversation, into)
        if conversation.is_merged or target.pk == conversation.pk:
            raise CannotMerge
        before = _putting_away(target)
        conversation.merged_into = target
        conversation.save(update_fields=["merged_into"])
        if conversation.status == Status.OPEN and target.status in (Status.CLOSED, Status.WAITING, Status.SNOOZED):
            target.status, target.closed_at, target.snoozed_until = Status.OPEN, None, None
            target.own_status_id = None
            target.save(update_fields=["status", "own_status_id", "closed_at", "snoozed_until"])
        joined: dict[str, Any] = {
            "tags": _join_tags(conversation, target),
            "people": _join_people(conversation, target),
        }
        joined |= {"fields": filling.join(conversation, target), "checklists": ticking.join(conversation, target)}
        tallying.recount(target)
        wording.index_anew(target)
        facts = {"source": conversation.pk, "target": target.pk, "before": before, **joined}
        history.changed(target, "merged", by=by, status=target.status, messages=target.message_count, **facts)
        return target


def undo_merge(conversation: Conversation, *, by: Account | None) -> Conversation:
    """Take the link off: both conversations are as they were. What arrived since stays where it arrived.

    Raises NotMerged, NotFound, NotAllowed.
    """
    target = conversation.merged_into
    if target is None:
        raise NotMerged
    if by is not None:
        access.require(by, conversation, Right.MANAGE)
        access.require(by, target, Right.MANAGE)
    with transaction.atomic():
        living = locking.lock_living(target)
        for member in (conversation, target):
            if member.pk != living.pk:
                locking.lock(member)
        if conversation.merged_into_id != target.pk:
            raise NotMerged
        facts = _facts_of_merge(conversation, target)
        conversation.merged_into = None
        conversation.save(update_fields=["merged_into"])
        ConversationTag.objects.filter(conversation=target, tag_id__in=facts.get("tags", [])).delete()
        _part_people(target, facts.get("people", []))
        filling.part(target, facts.get("fields", []), source=conversation)
        ticking.part(target, facts.get("checklists", []), source=conversation)
        if target.status == facts.get("status") and target.message_count == facts.get("messages"):
            _put_away(target, facts["before"])
        for row in {row.pk: row for row in (conversation, target, living)}.values():
            tallying.recount(row)
            wording.index_anew(row)
        history.changed(target, "unmerged", by=by, source=conversation.pk, target=target.pk)
        return conversation


def _putting_away(conversation: Conversation) -> dict[str, Any]:
    """How the conversation was put away, as small JSON."""
    closed, snoozed = conversation.closed_at, conversation.snoozed_until
    return {
        "status": conversation.status,
        "closed_at": closed.isoformat() if closed else None,
        "snoozed_until": snoozed.isoformat() if snoozed else None,
        "own_status": conversation.own_status_id,
    }


def _put_away(conversation: Conversation, before: dict[str, Any]) -> None:
    """The reverse of `_putting_away`."""
    closed, snoozed = before["closed_at"], before["snoozed_until"]
    conversation.status, conversation.own_status_id = before["status"] or Status.OPEN, before.get("own_status")
    conversation.closed_at = datetime.fromisoformat(closed) if closed else None
    conversation.snoozed_until = datetime.fromisoformat(snoozed) if snoozed else None
    conversation.save(update_fields=["status", "own_status_id", "closed_at", "snoozed_until"])


def _join_tags(source: Conversation, target: Conversation) -> list[int]:
    """Add the source's tags to the target; the ids of those that were new there."""
    living = ConversationTag.objects.filter(tag__canonical__isnull=True)
    theirs = set(living.filter(conversation=source).values_list("tag_id", flat=True))
    ours = set(ConversationTag.objects.filter(conversation=target).values_list("tag_id", flat=True))
    new = sorted(theirs - ours)
    ConversationTag.objects.bulk_create([ConversationTag(conversation=target, tag_id=pk) for pk in new])
    return new


def _join_people(source: Conversation, target: Conversation) -> list[str]:
    """Who takes part in the source takes part in the target; the addresses of those that were new there."""
    known = set(Participant.objects.filter(conversation=target).values_list("email", flat=True))
    new = [row for row in Participant.objects.filter(conversation=source) if row.email not in known]
    Participant.objects.bulk_create(
        [
            Participant(conversation=target, customer_id=row.customer_id, email=row.email, name=row.name, role=row.role)
            for row in new
        ]
    )
    return sorted(row.email for row in new)


def _part_people(target: Conversation, emails: list[str]) -> None:
    """Who came by the merge takes part no more, and no reply begun meanwhile goes to them unseen."""
    Participant.objects.filter(conversation=target, email__in=emails).delete()
    for draft in Draft.objects.select_for_update().filter(conversation=target, kind=Draft.Kind.REPLY):
        kept = {
            name: [one for one in getattr(draft, name) if one["email"] not in emails] for name in ("to", "cc", "bcc")
        }
        Draft.objects.filter(pk=draft.pk).update(**kept)


def _facts_of_merge(source: Conversation, target: Conversation) -> dict[str, Any]:
    """What the event of the merge remembers, to undo exactly that."""
    merges = Event.objects.filter(conversation_id=target.pk, kind="conversation.merged").order_by("-pk")
    return next((event.data for event in merges if event.data.get("source") == source.pk), {})
