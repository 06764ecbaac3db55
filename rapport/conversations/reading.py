"""How far an account has read."""

from __future__ import annotations

from django.db import transaction

from rapport.conversations.models import Conversation, ReadMark
from rapport.people.models import Account


def mark_read(conversation: Conversation, *, by: Account, up_to: int) -> None:
    """The account has seen everything up to this message id. Marks only move forward."""
    with transaction.atomic():
        mark, made = ReadMark.objects.get_or_create(
            account=by, conversation=conversation, defaults={"message_id": max(0, up_to)}
        )
        if not made and mark.message_id < up_to:
            ReadMark.objects.filter(pk=mark.pk, message_id__lt=up_to).update(message_id=up_to)


def mark_unread(conversation: Conversation, *, by: Account) -> None:
    """Show the conversation to this account as new again."""
    ReadMark.objects.filter(account=by, conversation=conversation).delete()
