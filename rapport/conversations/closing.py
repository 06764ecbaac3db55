"""A conversation is done, open again, or waits for the customer."""

from __future__ import annotations

from django.db import transaction

from rapport.conversations import access, filling, history, locking, standing, tallying
from rapport.conversations.models import Conversation, OwnStatus
from rapport.kit import clock
from rapport.people.models import Account
from rapport.people.rights import Right

Status = Conversation.Status
_COLUMNS = [*standing.COLUMNS, "closed_at", "snoozed_until", "settled_message_id", "waiting_since", "attention"]


def close(conversation: Conversation, *, by: Account | None, own: OwnStatus | None = None) -> Conversation:
    """Nothing is left to do. Nobody waits any more; a customer's next message opens it again.

    Raises FieldsMissing, MoveForbidden where a person closes it too early; `own` is a status of the kind closed.
    """
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        if standing.stands(conversation, Status.CLOSED, own):
            return conversation
        if by is not None and not standing.is_free():
            filling.demand_complete(conversation)
        facts = standing.enter(conversation, Status.CLOSED, own=own, by=by)
        conversation.closed_at, conversation.snoozed_until, conversation.attention = clock.now(), None, ""
        tallying.settle(conversation)
        conversation.save(update_fields=_COLUMNS)
        history.changed(conversation, "closed", by=by, **facts)
        return conversation


def reopen(conversation: Conversation, *, by: Account | None, own: OwnStatus | None = None) -> Conversation:
    """Somebody must look again. Customer messages nobody answered wait again, since they arrived.

    Raises MoveForbidden; `own` is a status of the kind open.
    """
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        if conversation.status not in (Status.CLOSED, Status.WAITING):
            return conversation
        facts = standing.enter(conversation, Status.OPEN, own=own, by=by)
        conversation.closed_at = None
        conversation.save(update_fields=_COLUMNS)
        tallying.unsettle(conversation)
        history.changed(conversation, "reopened", by=by, **facts)
        return conversation


def wait(conversation: Conversation, *, by: Account | None, own: OwnStatus | None = None) -> Conversation:
    """It is the customer's turn, or somebody else's whom `own` names. Raises MoveForbidden."""
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        if standing.stands(conversation, Status.WAITING, own):
            return conversation
        facts = standing.enter(conversation, Status.WAITING, own=own, by=by)
        conversation.closed_at = conversation.snoozed_until = None
        tallying.settle(conversation)
        conversation.save(update_fields=_COLUMNS)
        history.changed(conversation, "waiting", by=by, **facts)
        return conversation
