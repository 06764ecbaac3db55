"""What is still news when it is about to be told, some time after it happened."""

from __future__ import annotations

from collections.abc import Sequence

from rapport.conversations import access
from rapport.notifications.models import Notification
from rapport.notifications.topics import FROM_OUTSIDE
from rapport.people.models import Account
from rapport.people.rights import Right


def still_news(account: Account, rows: Sequence[Notification]) -> list[Notification]:
    """What its owner has not read and may still see. Asks for rights again: they may have changed since."""
    if not account.is_active or not rows:
        return []
    ids = {row.conversation_id for row in rows}
    seen = set(access.conversations_visible_to(account).filter(pk__in=ids).values_list("pk", flat=True))
    reads = account.may(Right.READ_MESSAGES)
    fresh = [row for row in rows if row.read_at is None and row.conversation_id in seen]
    return [row for row in fresh if reads or row.said not in FROM_OUTSIDE]
