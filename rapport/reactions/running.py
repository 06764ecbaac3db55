"""Running the reactions to what happened: at least once each, in order, failures alone and tried again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from rapport.events import claiming
from rapport.events.models import Event
from rapport.kit import clock
from rapport.reactions import order
from rapport.reactions.models import ReactionRetry
from rapport.reactions.order import Reaction
from rapport.rows import turns
from rapport.rows.asking import Question

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
# Waits after the first, second, … failure; the eighth is the last.
WAITS = tuple(timedelta(seconds=each) for each in (5, 30, 300, 3_600, 3 * 3_600, 12 * 3_600, 24 * 3_600))
MAX_ATTEMPTS = len(WAITS) + 1

_any_waiting = Question(
    lambda: (
        ReactionRetry.objects.filter(state=ReactionRetry.State.WAITING).order_by("next_try_at").values_list("pk")[:1]
    )
)
_retried = Question(
    lambda events: ReactionRetry.objects.filter(event_id__in=events).values_list("event_id", "reaction")
)


def run_due(limit: int = 50) -> int:
    """React to up to `limit` events that nobody has reacted to yet, then try what failed before; how many there were.

    The reactions to several events share a transaction, which marks them handled too; after a crash only the events then
    in hand are reacted to a second time. When one fails, all of these are undone, and each event has a transaction of its
    own; when it fails there, each of its reactions.
    """
    claim = claiming.claim_open(limit=limit, lease=LEASE, concerns=lambda event: bool(order.reactions_to(event)))
    failed_before = _failed_before(claim.events)
    enough_left = clock.monotonic() + LEASE.total_seconds() / 2
    waiting = claim.events
    while waiting:
        if clock.monotonic() > enough_left:
            claiming.release(event.pk for event in waiting)
            break
        waiting = waiting[_react_together(waiting, failed_before) :]
    return claim.seen + _retry_due(limit)


def next_due_at() -> datetime | None:
    """When there is something to do without a new event: a retry, or a claim of a killed worker that runs out."""
    waiting = ReactionRetry.objects.filter(state=ReactionRetry.State.WAITING).order_by("next_try_at")
    retry = waiting.values_list("next_try_at", flat=True).first()
    return min((each for each in (retry, claiming.next_claim_ends_at()) if each), default=None)


def retry_dead(ids: Iterable[int] | None = None) -> int:
    """Try again what was given up: all, or these rows; how many."""
    dead = ReactionRetry.objects.filter(state=ReactionRetry.State.DEAD)
    if ids is not None:
        dead = dead.filter(id__in=list(ids))
    return dead.update(state=ReactionRetry.State.WAITING, attempts=0, next_try_at=clock.now())


def _failed_before(events: Sequence[Event]) -> set[tuple[int, str]]:
    """Event and reaction of what failed before a crash; its own retry will run it. One query for all of a claim."""
    if not events:
        return set()
    return {(event, reaction) for event, reaction in _retried.ask([event.pk for event in events])}


def _react_together(events: Sequence[Event], failed_before: set[tuple[int, str]]) -> int:
    """React to the first of these events, as many as others can wait for; how many."""
    if len(events) == 1:
        _react(events[0], failed_before)
        return 1
    done = 0
    try:
        with turns.shared() as turn:
            held = claiming.hold_all(events)
            with order.together([event for event in events if event.pk in held]):
                for event in events:
                    done += 1
                    if event.pk in held:
                        for reaction in _todo(event, failed_before):
                            reaction.run(event)
                    if turn.is_over():
                        break
            claiming.mark_handled([event.pk for event in events[:done] if event.pk in held])
    except Exception:
        alone = events[:done] or events
        log.warning("The reactions to %s events run event by event, because one of them failed", len(alone))
        for event in alone:
            _react(event, failed_before)
        return len(alone)
    return done


def _todo(event: Event, failed_before: set[tuple[int, str]]) -> list[Reaction]:
    return [reaction for reaction in order.reactions_to(event) if (event.pk, reaction.name) not in failed_before]


def _react(event: Event, failed_before: set[tuple[int, str]]) -> None:
    todo = _todo(event, failed_before)
    try:
        with transaction.atomic():
            if not claiming.hold(event):
                return
            for reaction in todo:
                reaction.run(event)
            claiming.mark_handled([event.pk])
    except Exception:
        log.warning("The reactions to event %s run one by one, because one of them failed", event.pk)
        _react_one_by_one(event, todo)


def _react_one_by_one(event: Event, todo: Sequence[Reaction]) -> None:
    for reaction in todo[:-1]:
        _run(event, reaction, is_last=False)
    for reaction in todo[-1:]:
        _run(event, reaction, is_last=True)


def _run(event: Event, reaction: Reaction, *, is_last: bool) -> None:
    try:
        with transaction.atomic():
            if not claiming.hold(event):
                return
            reaction.run(event)
            if is_last:
                claiming.mark_handled([event.pk])
    except Exception as error:
        log.exception("The reaction %s to event %s failed and will be tried again", reaction.name, event.pk)
        with transaction.atomic():
            if not claiming.hold(event):
                return
            ReactionRetry.objects.get_or_create(
                event=event,
                reaction=reaction.name,
                defaults={"next_try_at": clock.now() + WAITS[0], "last_error": _told(error)},
            )
            if is_last:
                claiming.mark_handled([event.pk])


def _retry_due(limit: int) -> int:
    if not _any_waiting.ask():
        return 0
    now = clock.now()
    due = ReactionRetry.objects.filter(_is_due(now), state=ReactionRetry.State.WAITING)
    rows = list(due.order_by("next_try_at", "id").select_related("event")[:limit])
    for row in rows:
        # The conditional UPDATE claims the row; its next try lies ahead, so a crash here cannot loop.
        claimed = ReactionRetry.objects.filter(pk=row.pk, state=row.state, next_try_at=row.next_try_at).update(
            next_try_at=now + LEASE, attempts=F("attempts") + 1
        )
        if claimed:
            row.attempts += 1
            _retry(row)
    return len(rows)


def _is_due(now: datetime) -> Q:
    """Its time has come, or lies further ahead than we ever set it: then it was set before the clock went back."""
    is_due = Q(next_try_at__lte=now)
    for failures, wait in enumerate(WAITS, start=1):
        is_due |= Q(attempts=failures, next_try_at__gt=now + max(wait, LEASE) + clock.SLACK)
    return is_due


def _retry(row: ReactionRetry) -> None:
    reaction = order.find(row.event.kind, row.reaction)
    try:
        with transaction.atomic():
            waits = ReactionRetry.objects.select_for_update().filter(pk=row.pk, state=ReactionRetry.State.WAITING)
            if waits.first() is None:
                return  # done by another worker, while this one was suspended for longer than its claim
            if reaction is not None:
                reaction.run(row.event)
            ReactionRetry.objects.filter(pk=row.pk).update(state=ReactionRetry.State.DONE, last_error="")
    except Exception as error:
        is_dead = row.attempts >= MAX_ATTEMPTS
        log.exception("The reaction %s to event %s failed %s times", row.reaction, row.event.pk, row.attempts)
        ReactionRetry.objects.filter(pk=row.pk).update(
            state=ReactionRetry.State.DEAD if is_dead else ReactionRetry.State.WAITING,
            next_try_at=clock.now() + WAITS[min(row.attempts, len(WAITS)) - 1],
            last_error=_told(error),
        )


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]
