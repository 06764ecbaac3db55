"""What somebody answered lately: conversations by their own newest reply in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from rapport.conversations import access, locking
from rapport.conversations.looking import Found
from rapport.conversations.models import Conversation, Message
from rapport.conversations.viewing import NEWEST, Cursor
from rapport.people.models import Account
from rapport.rows.asking import Question


def sent_by(account: Account, *, after: Cursor | None, limit: int) -> Found:
    """Up to `limit` conversations that the account answered and may still see, newest own reply first. A merged one
    stands as the living one. Two queries; the cursor holds the moment of the reply and the conversation."""
    sight = access.sight_of(account)
    if sight is access.Sight.NOTHING:
        return Found([], None)
    below = after or NEWEST
    found = _replied.ask(account.pk, below.at, below.number, shape=(after is not None, limit + 1))
    first: dict[int, datetime] = {}
    for number, at in found[:limit]:
        first.setdefault(number, at)
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    seen = {number for (number,) in _seen.ask(account.pk, teams, list(first), shape=sight)}
    keys = [Cursor(at, number) for number, at in first.items() if number in seen]
    last = found[limit - 1] if len(found) > limit else None
    return Found(keys, Cursor(last[1], last[0]) if last else None, is_full=True)


def has_answered(account: Account, conversation: Conversation) -> bool:
    """Whether the account answered in a conversation, or in one merged into it."""
    family = locking.family_ids(conversation)
    return _own_replies(account.pk).filter(conversation_id__in=family).exists()


def _own_replies(account_id: int) -> QuerySet[Message]:
    return Message.objects.filter(author_id=account_id, kind=Message.Kind.REPLY, state=Message.State.DONE)


def _newest_replies(shape: tuple[bool, int], account_id: int, at: datetime, number: int) -> QuerySet[Any, Any]:
    """(living conversation, moment) of the account's newest reply in each, newest first."""
    follows, most = shape
    later = _own_replies(account_id).filter(conversation_id=OuterRef("conversation_id"), at__gt=OuterRef("at"))
    rows = _own_replies(account_id).filter(~Exists(later))
    if follows:
        rows = rows.filter(at__lte=at).exclude(at=at, conversation_id__gte=number)
    living = Coalesce("conversation__merged_into_id", "conversation_id")
    return rows.order_by("-at", "-conversation_id").values_list(living, "at")[:most]


def _seen_among(
    sight: access.Sight, account_id: int, teams: Sequence[int], numbers: Sequence[int]
) -> QuerySet[Any, Any]:
    seen = access.seen(sight, account_id, teams).filter(pk__in=numbers, merged_into__isnull=True)
    return seen.exclude(status=Conversation.Status.SPAM).values_list("pk")


_replied = Question(_newest_replies)
_seen = Question(_seen_among)
