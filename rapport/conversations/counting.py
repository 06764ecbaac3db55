"""How many conversations the views hold, without counting them: sums that the database keeps with each change.

Triggers write one small row a change (two writers never wait for each other); `fold` adds them up now and then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Case, Count, F, Sum, Value, When
from django.db.models.functions import Coalesce

from rapport.conversations.models import Conversation, ViewCount
from rapport.rows.asking import Question

Key = tuple[str, int, int, int]
MOST_AT_ONCE = 20_000
_KEY = ("status", "team", "inbox", "assignee")


_numbers = Question(lambda: ViewCount.objects.values_list(*_KEY).annotate(held=Sum("number")).order_by())


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
    """Whether the kept numbers are the true ones, at one moment."""
    with transaction.atomic():
        return numbers() == counted()


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
    """Put the true numbers in place of the kept ones. Changes of the same moment may be missed: for a quiet product."""
    ViewCount.objects.all().delete()
    _write(counted().items())


def _write(sums: Iterable[tuple[Key, int]]) -> None:
    ViewCount.objects.bulk_create(
        ViewCount(status=key[0], team=key[1], inbox=key[2], assignee=key[3], number=number)
        for key, number in sums
        if number
    )
