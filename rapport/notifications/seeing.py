"""Marking news as read: of one conversation, or all that was shown."""

from __future__ import annotations

from collections.abc import Iterable

from rapport.kit import clock
from rapport.notifications import ringing
from rapport.notifications.models import Notification
from rapport.people.models import Account


def mark_conversations(account: Account, numbers: Iterable[int]) -> int:
    """The account has seen what there was to tell about these conversations; how many were new."""
    return _mark(account, conversation_id__in=list(numbers))


def mark_all(account: Account, *, up_to: int) -> int:
    """The account has seen everything up to this id. What came after its page was drawn stays unread."""
    return _mark(account, pk__lte=up_to)


def _mark(account: Account, **which: object) -> int:
    rows = Notification.objects.filter(account=account, read_at__isnull=True, **which)
    read = rows.update(read_at=clock.now())
    if read:
        ringing.ring_after_commit([account.pk])
    return read
