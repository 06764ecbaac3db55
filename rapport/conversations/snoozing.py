"""Out of sight until a time, or until the customer writes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rapport.conversations import access, history, locking, standing, tallying
from rapport.conversations.errors import NotInThePast
from rapport.conversations.models import Conversation, OwnStatus
from rapport.kit import clock
from rapport.people.models import Account
from rapport.people.rights import Right

Status = Conversation.Status
_COLUMNS = [*standing.COLUMNS, "closed_at", "snoozed_until", "settled_message_id", "waiting_since"]


def snooze(
    conversation: Conversation, *, until: datetime, by: Account | None, own: OwnStatus | None = None
) -> Conversation:
    """Put it away until an aware moment that lies ahead; who waits goes on waiting. Raises NotInThePast, MoveForbidden."""
    access.demand(by, Right.MANAGE)
    if until <= clock.now():
        raise NotInThePast
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        facts = standing.enter(conversation, Status.SNOOZED, own=own, by=by)
        conversation.snoozed_until, conversation.closed_at = until, None
        conversation.waiting_since = tallying.waiting_since(conversation)
        conversation.save(update_fields=_COLUMNS)
        history.changed(conversation, "snoozed", by=by, until=clock.utc_iso(until), **facts)
        return conversation


def wake(conversation: Conversation, *, by: Account | None) -> Conversation:
    """Bring it back into the inbox now. Raises MoveForbidden."""
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        if conversation.status != Status.SNOOZED:
            return conversation
        _wake(conversation, by=by)
        return conversation


def wake_due(limit: int = 100) -> int:
    """Bring back what was put away until now or earlier; how many."""
    due = Conversation.objects.filter(
        status=Status.SNOOZED, snoozed_until__isnull=False, snoozed_until__lte=clock.now()
    )
    woken = 0
    for conversation in due.order_by("snoozed_until")[:limit]:
        with transaction.atomic():
            locking.lock(conversation)
            until = conversation.snoozed_until
            if conversation.status == Status.SNOOZED and until is not None and until <= clock.now():
                _wake(conversation, by=None)
                woken += 1
    return woken


def _wake(conversation: Conversation, *, by: Account | None) -> None:
    facts = standing.enter(conversation, Status.OPEN, by=by)
    conversation.snoozed_until = None
    conversation.waiting_since = tallying.waiting_since(conversation)
    conversation.save(update_fields=_COLUMNS)
    history.changed(conversation, "woken", by=by, **facts)
