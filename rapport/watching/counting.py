"""How often each thing has happened: the event log counted once, a part at a time, and never again from the start."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F

from rapport.events.models import Event
from rapport.kit import clock
from rapport.watching.models import EventCount

AT_ONCE = 50_000
# The row that remembers how far was counted.
MARK = ""
# On PostgreSQL a smaller id may be committed after a larger one, but not for longer than this.
SETTLED_AFTER = timedelta(minutes=1)


@transaction.atomic
def count_events(at_once: int = AT_ONCE) -> int:
    """Add the events that came since the last time, up to `at_once` ids further; how many ids further."""
    mark, _ = EventCount.objects.select_for_update().get_or_create(kind=MARK)
    up_to = min(_settled(mark.up_to), mark.up_to + at_once)
    if up_to <= mark.up_to:
        return 0
    new = Event.objects.filter(id__gt=mark.up_to, id__lte=up_to).values("kind").annotate(number=Count("pk"))
    for row in new.order_by("kind"):
        EventCount.objects.get_or_create(kind=row["kind"])
        EventCount.objects.filter(kind=row["kind"]).update(number=F("number") + row["number"])
    EventCount.objects.filter(pk=mark.pk).update(up_to=up_to)
    return up_to - mark.up_to


def event_counts() -> Counter[str]:
    """How often each kind has happened so far, as it was counted last."""
    return Counter(dict(EventCount.objects.exclude(kind=MARK).values_list("kind", "number")))


def _settled(counted_to: int) -> int:
    """The newest id below which nothing can appear any more."""
    before = clock.now() - SETTLED_AFTER
    newest = Event.objects.order_by("-id").values_list("id", "at")[:2000]
    ids = [(pk, at) for pk, at in newest if pk > counted_to]
    recent = [pk for pk, at in ids if at > before]
    return (min(recent) - 1) if recent else (ids[0][0] if ids else counted_to)
