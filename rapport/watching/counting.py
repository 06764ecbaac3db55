"""How often each thing has happened: the event log counted once, a part at a time, and never again from the start."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.db.models import Count

from rapport.events.models import Event
from rapport.kit import clock
from rapport.watching.models import EventCount

AT_ONCE = 50_000
# On PostgreSQL a smaller id may be committed after a larger one, but not for longer than this.
SETTLED_AFTER = timedelta(minutes=1)


@transaction.atomic
def count_events(at_once: int = AT_ONCE) -> int:
    """Add the events that came since the last time; up to `at_once` ids further. Returns how many were added."""
    rows = {row.kind: row for row in EventCount.objects.select_for_update()}
    counted_to = max((row.up_to for row in rows.values()), default=0)
    newest = _settled(counted_to)
    up_to = min(newest, counted_to + at_once)
    if up_to <= counted_to:
        return 0
    new = Event.objects.filter(id__gt=counted_to, id__lte=up_to).values("kind").annotate(number=Count("pk"))
    found = {row["kind"]: row["number"] for row in new.order_by("kind")}
    for kind, number in found.items():
        row = rows.get(kind) or EventCount(kind=kind)
        row.number, row.up_to = row.number + number, up_to
        row.save()
    EventCount.objects.exclude(kind__in=found).update(up_to=up_to)
    return sum(found.values())


def event_counts() -> Counter[str]:
    """How often each kind has happened so far, as it was counted last."""
    return Counter(dict(EventCount.objects.values_list("kind", "number")))


def _settled(counted_to: int) -> int:
    """The newest id below which nothing can appear any more."""
    before = clock.now() - SETTLED_AFTER
    newest = Event.objects.order_by("-id").values_list("id", "at")[:2000]
    ids = [(pk, at) for pk, at in newest if pk > counted_to]
    recent = [pk for pk, at in ids if at > before]
    return (min(recent) - 1) if recent else (ids[0][0] if ids else counted_to)
