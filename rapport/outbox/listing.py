"""Named reads of the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet

from rapport.outbox.models import Delivery
from rapport.rows.asking import Question


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many deliveries are in one state, and since when the oldest of them waits."""

    state: str
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """Where one of our messages is on its way."""

    state: str
    attempts: int
    last_answer: str
    next_try_at: datetime | None
    sent_at: datetime | None


def queue_states() -> list[QueueState]:
    """Every state but the finished ones, with counts and the oldest."""
    done = (Delivery.State.SENT, Delivery.State.CANCELLED)
    # Named one by one: leaving some out would read all that were ever sent.
    unfinished = Delivery.objects.filter(state__in=[state for state in Delivery.State if state not in done])
    rows = unfinished.values("state").annotate(count=Count("pk"), oldest=Min("created_at"))
    return [QueueState(row["state"], row["count"], row["oldest"]) for row in rows.order_by("state")]


def troubled(limit: int = 50) -> list[Delivery]:
    """Deliveries that failed, wait for another try, or may have been sent; newest first."""
    states = [Delivery.State.FAILED, Delivery.State.DEFERRED, Delivery.State.POSSIBLY_SENT]
    rows = Delivery.objects.filter(state__in=states).select_related("inbox", "message__conversation")
    return list(rows.order_by("-pk")[:limit])


def troubled_of(author_id: int, most: int) -> list[tuple[int, str, str, datetime]]:
    """(conversation, its subject, state, since when) of an author's replies that failed or perhaps were sent, newest
    first; among the newest MOST_TROUBLED of the installation."""
    found = _troubled.ask(author_id, shape=most)
    return [(number, subject, state, at) for number, subject, state, at in found]


def of_messages(message_ids: Iterable[int]) -> dict[int, Delivery]:
    """The sending step of each message that has one, by message id; one query."""
    rows = Delivery.objects.filter(message_id__in=list(message_ids), step=Delivery.Step.SEND)
    return {row.message_id: row for row in rows if row.message_id is not None}


def ways(message_ids: Sequence[int]) -> dict[int, Way]:
    """Where each of these messages is on its way, by message id; those never queued are left out. One statement."""
    return {row[0]: Way(*row[1:]) for row in _ways.ask(message_ids)}


def ways_in(family: Sequence[int], message_ids: Sequence[int]) -> dict[int, Way]:
    """The same of messages of one conversation and of what was merged into it. One statement, two where it is long."""
    found = {row[0]: Way(*row[1:]) for row in _ways_in.ask(family, shape=_MOST_AT_ONCE)}
    return found if len(found) < _MOST_AT_ONCE else ways(message_ids)


def expect_ways_in(family: Sequence[int]) -> None:
    """Bring them along with what is asked now."""
    _ways_in.expect(family, shape=_MOST_AT_ONCE)


MOST_TROUBLED = 200
_MOST_AT_ONCE = 60


def _troubled_of(most: int, author_id: int) -> QuerySet[Any, Any]:
    every = Delivery.objects.filter(step=Delivery.Step.SEND).order_by("-pk")
    failed, doubtful = (
        Delivery.objects.filter(pk__in=every.filter(state=state).values("pk")[:MOST_TROUBLED])
        for state in (Delivery.State.FAILED, Delivery.State.POSSIBLY_SENT)
    )
    columns = ("message__conversation_id", "message__conversation__subject", "state", "created_at")
    both = [part.filter(message__author_id=author_id).order_by().values_list(*columns) for part in (failed, doubtful)]
    return both[0].union(both[1], all=True).order_by("-created_at")[:most]


_troubled = Question(_troubled_of)
_WAY = ("message_id", "state", "attempts", "last_answer", "next_try_at", "sent_at")
_ways = Question(
    lambda message_ids: (
        Delivery.objects.filter(message_id__in=message_ids, step=Delivery.Step.SEND).order_by("pk").values_list(*_WAY)
    )
)
_ways_in = Question(
    lambda most, family: (
        Delivery.objects.filter(message__conversation_id__in=family, step=Delivery.Step.SEND)
        .order_by("pk")
        .values_list(*_WAY)[:most]
    )
)
