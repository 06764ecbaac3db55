"""A better subject."""

from __future__ import annotations

from django.db import transaction

from rapport.conversations import access, history, locking
from rapport.conversations.errors import NoName
from rapport.conversations.models import Conversation
from rapport.kit import text
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.search import indexing


def rename(conversation: Conversation, *, subject: str, by: Account | None) -> Conversation:
    """Give the conversation another subject; messages keep theirs. Raises NoName, NotAllowed."""
    access.demand(by, Right.MANAGE)
    wanted = text.clean_line(subject, 500)
    if not wanted:
        raise NoName
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        before = conversation.subject
        if before != wanted:
            conversation.subject = wanted
            conversation.save(update_fields=["subject"])
            history.changed(conversation, "subject", by=by, **{"from": before, "to": wanted})
            indexing.add_to_conversation(conversation.pk, wanted)
        return conversation
