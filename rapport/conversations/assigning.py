"""Who is responsible."""

from __future__ import annotations

from django.db import transaction

from rapport.conversations import access, following, history, locking
from rapport.conversations.errors import AssignedMeanwhile, CannotAssign
from rapport.conversations.models import Conversation, Involvement
from rapport.people.models import Account
from rapport.people.rights import Right


def assign(conversation: Conversation, *, to: Account | None, by: Account | None) -> Conversation:
    """Make one account responsible, or nobody. An assignee of another team follows the conversation, to see it.

    Raises AssignedMeanwhile when `conversation` was read before somebody else assigned it, CannotAssign, NotAllowed.
    """
    access.demand(by, Right.MANAGE)
    if to is not None and not to.may(Right.REPLY):
        raise CannotAssign
    read = (conversation.pk, conversation.assignee_id)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        before, wanted = conversation.assignee_id, to.pk if to else None
        if before == wanted:
            return conversation
        if conversation.pk == read[0] and before != read[1]:
            raise AssignedMeanwhile
        conversation.assignee = to
        conversation.save(update_fields=["assignee"])
        if to is not None and not access.conversations_visible_to(to).filter(pk=conversation.pk).exists():
            following.involve(conversation, account=to, reason=Involvement.Reason.FOLLOWING)
        history.changed(conversation, "assigned", by=by, **{"from": before, "to": wanted})
        return conversation
