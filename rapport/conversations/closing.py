"""A conversation is done, open again, or waits for the customer."""

from __future__ import annotations

from django.db import transaction

from rapport.conversations import access, history, locking, tallying
from rapport.conversations.models import Conversation
from rapport.kit import clock
from rapport.people.models import Account
from rapport.people.rights import Right

Status = Conversation.Status
_COLUMNS = ["status", "closed_at", "snoozed_until", "settled_message_id", "waiting_since", "attention"]


def close(conversation: Conversation, *, by: Account | None) -> Conversation:
    """Nothing is left to do. Nobody waits any more; a customer's next message opens it again."""
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        if conversation.status == Status.CLOSED:
            return conversation
        before, conversation.status = conversation.status, Status.CLOSED
        conversation.closed_at, conversation.snoozed_until, conversation.attention = clock.now(), None, ""
        tallying.settle(conversation)
        conversation.save(update_fields=_COLUMNS)
        history.changed(conversation, "closed", by=by, before=before)
        return conversation


def reopen(conversation: Conversation, *, by: Account | None) -> Conversation:
    """Somebody must look again. Customer messages nobody answered wait again, since they arrived."""
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        if conversation.status not in (Status.CLOSED, Status.WAITING):
            return conversation
        before, conversation.status = conversation.status, Status.OPEN
        conversation.closed_at = None
        conversation.save(update_fields=_COLUMNS)
        tallying.unsettle(conversation)
        history.changed(conversation, "reopened", by=by, before=before)
        return conversation


def wait(conversation: Conversation, *, by: Account | None) -> Conversation:
    """It is the customer's turn."""
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        if conversation.status == Status.WAITING:
            return conversation
        before, conversation.status = conversation.status, Status.WAITING
        conversation.closed_at = conversation.snoozed_until = None
        tallying.settle(conversation)
        conversation.save(update_fields=_COLUMNS)
        history.changed(conversation, "waiting", by=by, before=before)
        return conversation
