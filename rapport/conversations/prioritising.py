"""How urgent a conversation is."""

from __future__ import annotations

from django.db import transaction

from rapport.conversations import access, history, locking
from rapport.conversations.errors import UnknownStatus
from rapport.conversations.models import Conversation
from rapport.people.models import Account
from rapport.people.rights import Right


def set_priority(conversation: Conversation, *, priority: int, by: Account | None) -> Conversation:
    """Set one of Conversation.Priority. Raises UnknownStatus, NotAllowed."""
    access.demand(by, Right.MANAGE)
    if priority not in Conversation.Priority.values:
        raise UnknownStatus
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        before = conversation.priority
        if before != priority:
            conversation.priority = priority
            conversation.save(update_fields=["priority"])
            history.changed(conversation, "priority", by=by, **{"from": before, "to": priority})
        return conversation
