"""Claiming events that wait for their reactions, so that several workers share them without doing one twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from rapport.events.models import Event
from rapport.kit import clock
from rapport.rows import preparing, writing
from rapport.rows.asking import Objects, Question

# Any fixed number: the name of the lock that lets one worker at a time choose events on PostgreSQL.
_CHOOSING = 7_265_001
_HOLD = {
    "postgresql": "SELECT 1 FROM events_event WHERE id = %s AND handled = %s FOR UPDATE",
    "sqlite": "SELECT 1 FROM events_event WHERE id = %s AND handled = %s",  # the transaction holds the write lock
}


def _open(now: datetime, longest: datetime) -> QuerySet[Event]:
    """What nobody holds, and nobody has an earlier one of the same conversation in hand.

    What is claimed until after `longest` was claimed before the clock went back, by whoever is gone.
    """
    held_before = Event.objects.filter(
        handled=False,
        claimed_until__gt=now,
        claimed_until__lte=longest,
        conversation_id=OuterRef("conversation_id"),
        id__lt=OuterRef("id"),
    )
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now) | Q(claimed_until__gt=longest)
    return Event.objects.filter(free, ~Exists(held_before), handled=False)


_any_open = Question(lambda: Event.objects.filter(handled=False).values_list("pk")[:1])
# What somebody works on right now, however long already, is not waited for.
_next_open = Objects(
    lambda limit, *moments: _open(*moments).select_for_update(of=("self",), skip_locked=True).order_by("id")[:limit]
)
_still_open = Question(
    lambda ids: Event.objects.select_for_update().filter(pk__in=ids, handled=False).order_by("pk").values_list("pk")
)


class Claim(NamedTuple):
    """What was taken: `events` to work on, and how many were `seen`, with those that concern nobody."""

    events: list[Event]
    seen: int


def claim_open(*, limit: int, lease: timedelta, concerns: Callable[[Event], bool] = lambda event: True) -> Claim:
    """Take up to `limit` unhandled events, oldest first, for `lease`; a claim that ran out is open again.

    What does not concern the caller is marked handled at once, in the same transaction. An event waits while another
    worker holds an earlier one of the same conversation, so each conversation's events are worked on in their order.
    """
    if not _any_open.ask():
        return Claim([], 0)  # without a transaction, which on SQLite would make writers wait
    now = clock.now()
    with transaction.atomic():
        _choose_alone()
        events = _next_open.ask(now, now + lease + clock.SLACK, shape=limit)
        wanted = [event for event in events if concerns(event)]
        writing.update_all(Event, [event.pk for event in wanted], claimed_until=now + lease)
        if len(wanted) < len(events):
            mark_handled({event.pk for event in events} - {event.pk for event in wanted})
    return Claim(wanted, len(events))


def hold(event: Event) -> bool:
    """Lock a claimed event for the rest of the transaction; False when another worker has handled it since.

    A claim runs out while its worker is suspended: then two work on one event, and the lock lets one of them finish.
    """
    return bool(preparing.fetched(connection, _HOLD[connection.vendor], [event.pk, False]))


def hold_all(events: Sequence[Event]) -> set[int]:
    """The same of several; which of them, by their ids."""
    return {pk for (pk,) in _still_open.ask([event.pk for event in events])}


def mark_handled(ids: Iterable[int]) -> None:
    """These events need nothing more."""
    writing.update_all(Event, list(ids), handled=True, claimed_until=None)


def release(ids: Iterable[int]) -> None:
    """Give up the claim on these events; another worker may take them at once."""
    Event.objects.filter(id__in=list(ids), handled=False).update(claimed_until=None)


def next_claim_ends_at() -> datetime | None:
    """When the first claim on an unhandled event runs out: what a killed worker held is free again then."""
    claimed = Event.objects.filter(handled=False, claimed_until__isnull=False)
    return claimed.order_by("claimed_until").values_list("claimed_until", flat=True).first()


def _choose_alone() -> None:
    """SQLite's write lock is held already (IMMEDIATE); on PostgreSQL an advisory lock does the same, this long only."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHOOSING])
