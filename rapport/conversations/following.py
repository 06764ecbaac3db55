"""Seeing a conversation beyond one's own teams, by choice or because somebody asked."""

from __future__ import annotations

from django.db import transaction

from rapport.conversations import access, history
from rapport.conversations.models import Conversation, Involvement
from rapport.people.models import Account
from rapport.people.rights import Right

Reason = Involvement.Reason


def follow(conversation: Conversation, *, by: Account) -> None:
    """Keep an eye on a conversation the account may see. Raises NotFound, NotAllowed."""
    access.require(by, conversation, Right.NOTE)
    with transaction.atomic():
        if involve(conversation, account=by, reason=Reason.FOLLOWING):
            history.changed(conversation, "followed", by=by, account=by.pk)


def unfollow(conversation: Conversation, *, by: Account) -> None:
    """Keep an eye on it no longer. Mentions stay what they are."""
    with transaction.atomic():
        rows = Involvement.objects.filter(conversation=conversation, account=by, reason=Reason.FOLLOWING)
        if rows.delete()[0]:
            history.changed(conversation, "unfollowed", by=by, account=by.pk)


def involve(conversation: Conversation, *, account: Account, reason: Involvement.Reason) -> bool:
    """Let an account see one conversation; whether this is new. Callers have judged who may ask for it."""
    _row, made = Involvement.objects.get_or_create(conversation=conversation, account=account, reason=reason)
    return made
