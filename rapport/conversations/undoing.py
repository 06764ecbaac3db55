"""What one did a moment ago is taken back, from the event log: each change that nobody has changed since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.dateparse import parse_datetime

from rapport.conversations import (
    access,
    assigning,
    closing,
    filling,
    merging,
    moving,
    prioritising,
    settling,
    snoozing,
    spamming,
    staging,
    standing,
    tagging,
)
from rapport.conversations.errors import NotMerged, TooLate
from rapport.conversations.models import Conversation, OwnStatus
from rapport.events.models import Event
from rapport.kit import clock
from rapport.people.models import Account, Team
from rapport.people.rights import Right

HOW_LONG = timedelta(minutes=10)
Status = Conversation.Status
_STATUSES = ("closed", "reopened", "waiting", "snoozed", "woken", "spam", "unspam", "status")
# Events that are about one of several things of the conversation: the same kind, and the same of these.
_ABOUT = {"tagged": "tag", "untagged": "tag", "field": "field"}


@dataclass(frozen=True, slots=True)
class Undone:
    """How many changes were taken back, and how many were left because somebody changed the same thing since."""

    changes: int
    left: int


def undo(events: Sequence[int], *, by: Account) -> Undone:
    """Take back what these events of the account's own tell, newest first. Raises TooLate after HOW_LONG, NotAllowed."""
    access.demand(by, Right.MANAGE)
    since = clock.now() - HOW_LONG
    found = list(Event.objects.filter(pk__in=events, actor_id=by.pk, at__gte=since).order_by("-pk"))
    if not found:
        raise TooLate
    reachable = _reachable(found, by)
    changes = left = 0
    with transaction.atomic(), standing.freely():
        for event in found:
            conversation = reachable.get(event.conversation_id or 0)
            kind = event.kind.removeprefix("conversation.")
            if conversation is None or kind not in _BACK:
                continue
            if _changed_since(event, kind):
                left += 1
                continue
            conversation.refresh_from_db()
            try:
                _BACK[kind](conversation, event, by)
            except NotMerged:  # somebody took it apart already
                left += 1
            else:
                changes += 1
    return Undone(changes, left)


def _reachable(events: Sequence[Event], by: Account) -> dict[int, Conversation]:
    """The conversations the account sees, and those it sees no more only because it moved them away itself."""
    numbers = {event.conversation_id for event in events if event.conversation_id}
    seen = access.conversations_visible_to(by).in_bulk(numbers)
    moved = {event.conversation_id for event in events if event.kind == "conversation.moved"}
    moved -= {event.conversation_id for event in events if _changed_since(event, "moved")}
    return {**Conversation.objects.in_bulk(moved & numbers), **seen}


def _changed_since(event: Event, kind: str) -> bool:
    """Whether somebody else, or the customer, changed the same thing after this event."""
    if kind == "merged":  # further merges into the same conversation change nothing about this one
        return False
    group = _STATUSES if kind in _STATUSES else ("tagged", "untagged") if kind in ("tagged", "untagged") else (kind,)
    later = Event.objects.filter(
        conversation_id=event.conversation_id, pk__gt=event.pk, kind__in=[f"conversation.{one}" for one in group]
    ).exclude(actor_id=event.actor_id)
    if kind in _ABOUT:
        return any(one.data.get(_ABOUT[kind]) == event.data.get(_ABOUT[kind]) for one in later)
    return later.exists()


def _back_to_status(conversation: Conversation, event: Event, by: Account) -> None:
    before = str(event.data.get("before", Status.OPEN))
    own = OwnStatus.objects.filter(pk=event.data.get("before_own"), kind=before).first()
    if before == conversation.status:
        settling.name(conversation, own=own, by=by)
    elif before == Status.SPAM:
        spamming.mark_spam(conversation, by=by)
    elif before == Status.CLOSED:
        closing.close(conversation, by=by, own=own)
    elif before == Status.WAITING:
        closing.wait(conversation, by=by, own=own)
    elif before == Status.SNOOZED and (until := _last_snooze(event)):
        conversation = closing.reopen(conversation, by=by)  # who waited before waits again
        snoozing.snooze(conversation, until=until, by=by, own=own)
    elif conversation.status == Status.SNOOZED:
        settling.name(snoozing.wake(conversation, by=by), own=own, by=by)
    else:
        closing.reopen(conversation, by=by, own=own)


def _last_snooze(event: Event) -> datetime | None:
    """Until when it was put away before this event; None when that has passed."""
    snoozed = Event.objects.filter(
        conversation_id=event.conversation_id, pk__lt=event.pk, kind="conversation.snoozed"
    ).order_by("-pk")
    last = snoozed.first()
    until = parse_datetime(str(last.data.get("until", ""))) if last else None
    return until if until is not None and until > clock.now() else None


def _assign_back(conversation: Conversation, event: Event, by: Account) -> None:
    before = event.data.get("from")
    assigning.assign(conversation, to=Account.objects.filter(pk=before).first() if before else None, by=by)


def _move_back(conversation: Conversation, event: Event, by: Account) -> None:
    before = event.data.get("from")
    moving.move(conversation, team=Team.objects.filter(pk=before).first() if before else None, by=by)


def _take_apart(_conversation: Conversation, event: Event, by: Account) -> None:
    merging.undo_merge(Conversation.objects.get(pk=event.data["source"]), by=by)


_Back = Callable[[Conversation, Event, Account], object]
_BACK: dict[str, _Back] = {
    "closed": _back_to_status,
    "reopened": _back_to_status,
    "waiting": _back_to_status,
    "snoozed": _back_to_status,
    "woken": _back_to_status,
    "status": _back_to_status,
    "field": lambda conversation, event, by: filling.put_back(
        conversation, int(event.data["field"]), event.data.get("from"), by=by
    ),
    "spam": lambda conversation, _event, by: spamming.not_spam(conversation, by=by),
    "unspam": lambda conversation, _event, by: spamming.mark_spam(conversation, by=by),
    "assigned": _assign_back,
    "moved": _move_back,
    "merged": _take_apart,
    "tagged": lambda conversation, event, by: tagging.untag(conversation, name=str(event.data["name"]), by=by),
    "untagged": lambda conversation, event, by: tagging.tag(conversation, name=str(event.data["name"]), by=by),
    "priority": lambda conversation, event, by: prioritising.set_priority(
        conversation, priority=int(event.data["from"]), by=by
    ),
    "stage": lambda conversation, event, by: staging.set_stage(conversation, stage=str(event.data["from"]), by=by),
}
