"""How many conversations the views hold, without counting them: sums that the database keeps with each change.

Triggers write one small row a change (two writers never wait for each other); `fold` adds them up now and then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from rapport.channels.models import Inbox
from rapport.conversations.models import Conversation, Involvement, SharedTeam, ViewCount
from rapport.rows.asking import Question

Key = tuple[str, int, int, int]
MOST_AT_ONCE = 20_000
_KEY = ("status", "team", "inbox", "assignee")
# Columns of models.Listed, and of what they are copies.
_COPIED = {name: name for name in ("last_message_at", "waiting_since", "priority")} | {
    "begun_at": "created_at", "in_team": "team_id", "in_inbox": "inbox_id", "held_by": "assignee_id",
}  # fmt: skip


Sums = list[tuple[str, int, int, int, int]]
_numbers = Question(lambda: ViewCount.objects.values_list(*_KEY).annotate(held=Sum("number")).order_by())


def _summed(rows: QuerySet[ViewCount], account_id: int) -> QuerySet[Any, Any]:
    mine = Sum("number", filter=Q(assignee=account_id))
    summed = rows.values_list("status", "team").annotate(
        held=Sum("number"), nobodys=Sum("number", filter=Q(assignee=0)), mine=mine
    )
    return summed.order_by()


def _seen(teams: Sequence[int]) -> Q:
    """As in access.of_teams: conversations of these teams, and teamless ones of their inboxes."""
    return Q(team__in=teams) | Q(team=0, inbox__in=Inbox.objects.filter(team_id__in=teams).values("pk"))


_of_teams = Question(lambda teams, account_id: _summed(ViewCount.objects.filter(_seen(teams)), account_id))
_of_all = Question(lambda account_id: _summed(ViewCount.objects.all(), account_id))


def sums(account_id: int, teams: Sequence[int] | None) -> Sums:
    """Kept numbers by status and team: of all, nobody's, the account's own. `teams`: who sees only what is theirs."""
    rows = _of_all.ask(account_id) if teams is None else _of_teams.ask(teams, account_id)
    return [(status, team, held, nobodys or 0, mine or 0) for status, team, held, nobodys, mine in rows if held]


def expect_sums(account_id: int, teams: Sequence[int] | None) -> None:
    """Bring them along with what is asked now."""
    if teams is None:
        _of_all.expect(account_id)
    else:
        _of_teams.expect(teams, account_id)


def numbers() -> dict[Key, int]:
    """The kept numbers by status, team, inbox (of the teamless) and assignee; 0 is none of them."""
    rows = _numbers.ask()
    return {(status, team, inbox, assignee): held for status, team, inbox, assignee, held in rows if held}


def counted() -> dict[Key, int]:
    """The same numbers, counted: reads every conversation that is not closed."""
    nobody, unknown = Value(0), Value(0)
    of_teamless = Case(When(team_id=None, then=Coalesce(F("inbox_id"), unknown)), default=unknown)
    living = Conversation.objects.filter(merged_into=None).exclude(status=Conversation.Status.CLOSED)
    rows = living.values_list(
        "status", Coalesce("team_id", nobody), of_teamless, Coalesce("assignee_id", nobody)
    ).annotate(held=Count("pk"))
    return {(status, team, inbox, assignee): held for status, team, inbox, assignee, held in rows.order_by()}


def is_right() -> bool:
    """Whether the kept numbers are the true ones, both of one moment. Not within a transaction that has begun."""
    with transaction.atomic():
        _see_one_moment()
        return numbers() == counted()


def wrong_copies() -> int:
    """How many ways to a conversation beyond own teams do not carry what it says itself (see models.Listed)."""
    return sum(_wrong(model).count() for model in (SharedTeam, Involvement))


@transaction.atomic
def fold(least: int = 1000) -> int:
    """Sum up what has come together, if that is at least so many rows; how many rows went.

    Rows that another transaction adds meanwhile stay for the next time. Two who fold at once share the rows.
    """
    if ViewCount.objects.count() < least:
        return 0
    rows = list(ViewCount.objects.select_for_update(skip_locked=True).order_by("pk")[:MOST_AT_ONCE])
    ViewCount.objects.filter(pk__in=[row.pk for row in rows]).delete()
    sums: Counter[Key] = Counter()
    for row in rows:
        sums[row.status, row.team, row.inbox, row.assignee] += row.number
    _write(sums.items())
    return len(rows)


@transaction.atomic
def recount() -> None:
    """Put the true numbers and copies in place of the kept ones. Whoever changes a conversation waits meanwhile."""
    if connection.vendor == "postgresql":  # SQLite's transactions are alone anyway
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE conversations_conversation IN SHARE ROW EXCLUSIVE MODE")
    ViewCount.objects.all().delete()
    _write(counted().items())
    for model in (SharedTeam, Involvement):
        there = Conversation.objects.filter(pk=OuterRef("conversation_id"))
        shown = Case(When(merged_into=None, then=F("status")), default=Value(""))
        copies = {copy: Subquery(there.values(column)) for copy, column in _COPIED.items()}
        _wrong(model).update(status=Subquery(there.values(shown=shown)), **copies)


def _wrong(model: type[SharedTeam] | type[Involvement]) -> QuerySet[Any]:
    shown = Case(When(conversation__merged_into=None, then=F("conversation__status")), default=Value(""))
    differs = ~Q(status=shown)
    for copy, column in _COPIED.items():
        there = F(f"conversation__{column}")
        # NULL equals nothing, not even NULL.
        differs |= ~Q(**{copy: there}) & ~Q(**{f"{copy}__isnull": True, f"conversation__{column}__isnull": True})
    return model.objects.filter(differs)


def _see_one_moment() -> None:
    """PostgreSQL else shows each statement its own moment; within a test's transaction it does so anyway."""
    if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _write(sums: Iterable[tuple[Key, int]]) -> None:
    ViewCount.objects.bulk_create(
        ViewCount(status=key[0], team=key[1], inbox=key[2], assignee=key[3], number=number)
        for key, number in sums
        if number
    )
