"""Looks at stored mail that is not yet a message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from rapport.intake.models import RawMessage
from rapport.watching.kinds import Kind
from rapport.watching.troubles import Trouble, Watcher

WAITS_AT_MOST = timedelta(minutes=2)
# A mail is parked for good; an alarm that nobody could end would soon be overlooked.
PARKED_WITHIN = timedelta(days=1)

State = RawMessage.State


def look_at_waiting(now: datetime) -> Iterator[Trouble]:
    """Mail that waits although its time has come. An import of old mail may take hours, as long as it goes on."""
    due = RawMessage.objects.filter(state=State.ACCEPTED, next_try_at__lte=now - WAITS_AT_MOST)
    oldest = due.filter(historic=False).order_by("next_try_at").first()
    if oldest is None:
        oldest = due.order_by("next_try_at", "pk").first()
        if oldest is None or _goes_on_before(oldest, now):
            return
    yield Trouble(Kind.MAIL_WAITING, oldest.next_try_at, facts={"count": due.count()})


def look_at_parked(now: datetime) -> Iterator[Trouble]:
    """Mail that could not be processed since yesterday."""
    parked = RawMessage.objects.filter(state=State.PARKED, processed_at__gte=now - PARKED_WITHIN)
    newest = parked.order_by("-pk").first()
    if newest is not None and newest.processed_at is not None:
        yield Trouble(Kind.MAIL_PARKED, newest.processed_at, facts={"count": parked.count()})


def _goes_on_before(row: RawMessage, now: datetime) -> bool:
    """Whether the one before it in line was finished lately."""
    before = RawMessage.objects.filter(pk__lt=row.pk).order_by("-pk").values_list("processed_at", flat=True).first()
    return before is not None and now - before < WAITS_AT_MOST


WATCHERS = [
    Watcher(frozenset({Kind.MAIL_WAITING}), look_at_waiting),
    Watcher(frozenset({Kind.MAIL_PARKED}), look_at_parked),
]
