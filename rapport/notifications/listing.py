"""Named reads of the bell. Each asks again what the account may see: whoever lost a conversation sees nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from rapport.conversations import access
from rapport.notifications.grouping import Rung
from rapport.notifications.models import Notification
from rapport.notifications.topics import FROM_OUTSIDE, Said, Topic
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Question

PAGE = 60
MOST_COUNTED = 100
_BIGGEST = 2**63 - 1


def unread_count(account: Account) -> int:
    """How many conversations have unread news, of its newest MOST_COUNTED. One statement."""
    sight, teams = _seeing(account)
    return len(_unread.ask(account.pk, teams, shape=(sight, account.may(Right.READ_MESSAGES))))


def expect_unread_count(account: Account) -> None:
    """Bring it along with what is asked now."""
    sight, teams = _seeing(account)
    _unread.expect(account.pk, teams, shape=(sight, account.may(Right.READ_MESSAGES)))


def newest(account: Account, *, before: int = 0, most: int = PAGE) -> tuple[list[Rung], int]:
    """What stands in the bell, newest first, below an id (0: from the top); and where to go on (0: that was all)."""
    found = _newest.ask(account.pk, before or _BIGGEST, shape=most + 1)
    rung = _shown(account, found[:most])
    return rung, found[most - 1][0] if len(found) > most else 0


def unread_of(account: Account, topic: Topic, most: int) -> list[Rung]:
    """Unread news of one topic, newest first."""
    return _shown(account, _of_topic.ask(account.pk, topic.value, shape=most))


def newest_id(account: Account) -> int:
    """The newest of the account's notifications; 0 for none."""
    return int(next(iter(_newest.ask(account.pk, _BIGGEST, shape=1)), (0,))[0])


def _shown(account: Account, rows: Sequence[tuple[Any, ...]]) -> list[Rung]:
    subjects = _visible(account, sorted({row[1] for row in rows})) if rows else {}
    reads = account.may(Right.READ_MESSAGES)
    shown = []
    for pk, number, topic, said, why, who, actor, message, at, read_at in rows:
        if number in subjects and (reads or Said(said) not in FROM_OUTSIDE):
            facts = (pk, number, subjects[number], topic, said, why, who, actor, message, at, read_at is not None)
            shown.append(Rung(*facts))
    return shown


def _visible(account: Account, ids: Sequence[int]) -> dict[int, str]:
    """The subjects of those that the account may see."""
    sight, teams = _seeing(account)
    return dict(_subjects.ask(account.pk, teams, ids, shape=sight))


def _seeing(account: Account) -> tuple[access.Sight, list[int]]:
    sight = access.sight_of(account)
    return sight, sorted(account.team_ids) if sight is access.Sight.TEAMS else []


def _unread_by(shape: tuple[access.Sight, bool], account_id: int, teams: Sequence[int]) -> QuerySet[Any, Any]:
    sight, reads = shape
    newest = Notification.objects.filter(account_id=account_id, on_bell=True, read_at__isnull=True).order_by("-id")
    told = newest.values("conversation_id")[:MOST_COUNTED]
    if not reads:
        counted = Notification.objects.filter(pk__in=newest.values("pk")[:MOST_COUNTED])
        told = counted.exclude(said__in=sorted(FROM_OUTSIDE)).values("conversation_id")
    return access.seen(sight, account_id, teams, few=True).filter(pk__in=told).values_list("pk")


_COLUMNS = ("pk", "conversation_id", "topic", "said", "why", "who", "actor_id", "message_id", "at", "read_at")
_unread = Question(_unread_by)
_newest = Question(
    lambda most, account_id, before: (
        Notification.objects.filter(account_id=account_id, on_bell=True, pk__lt=before)
        .order_by("-id")
        .values_list(*_COLUMNS)[:most]
    )
)
_of_topic = Question(
    lambda most, account_id, topic: (
        Notification.objects.filter(account_id=account_id, on_bell=True, read_at__isnull=True, topic=topic)
        .order_by("-id")
        .values_list(*_COLUMNS)[:most]
    )
)
_subjects = Question(
    lambda sight, account_id, teams, ids: (
        access.seen(sight, account_id, teams, few=True).filter(pk__in=ids).values_list("pk", "subject")
    )
)
