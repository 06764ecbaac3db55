"""Which team a conversation belongs to."""

from __future__ import annotations

from django.db import transaction

from rapport.conversations import access, history, locking
from rapport.conversations.models import Conversation
from rapport.people.models import Account, Team
from rapport.people.rights import Right


def move(conversation: Conversation, *, team: Team | None, by: Account | None) -> Conversation:
    """Hand the conversation to a team, or to none. An assignee who is not in the new team is responsible no longer."""
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        before, wanted = conversation.team_id, team.pk if team else None
        if before == wanted:
            return conversation
        conversation.team = team
        conversation.save(update_fields=["team"])
        history.changed(conversation, "moved", by=by, **{"from": before, "to": wanted})
        holder = conversation.assignee
        if holder is not None and team is not None and team.pk not in holder.team_ids:
            conversation.assignee = None
            conversation.save(update_fields=["assignee"])
            history.changed(conversation, "assigned", by=by, **{"from": holder.pk, "to": None})
        return conversation
