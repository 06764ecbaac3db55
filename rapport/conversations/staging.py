"""Where on their way with us the customer is."""

from __future__ import annotations

from django.db import transaction

from rapport.conversations import access, history, locking
from rapport.conversations.errors import UnknownStatus
from rapport.conversations.models import Conversation
from rapport.people.models import Account
from rapport.people.rights import Right


def set_stage(conversation: Conversation, *, stage: str, by: Account | None) -> Conversation:
    """Set one of Conversation.Stage. Raises UnknownStatus, NotAllowed."""
    access.demand(by, Right.MANAGE)
    if stage not in Conversation.Stage.values:
        raise UnknownStatus
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        before = conversation.stage
        if before != stage:
            conversation.stage = stage
            conversation.save(update_fields=["stage"])
            history.changed(conversation, "stage", by=by, **{"from": before, "to": stage})
        return conversation
