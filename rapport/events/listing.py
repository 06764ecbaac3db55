"""Reading the audit log: newest first, a page or all of it, along an index each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from rapport.events.models import Event

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; None asks for all. `nobody`: what no account did. `until` is not reached."""

    area: str | None = None
    kind: str | None = None
    actor: int | None = None
    nobody: bool = False
    since: datetime | None = None
    until: datetime | None = None


def audited(asked: Asked, *, after: int | None = None, most: int = 50) -> tuple[list[Event], int | None]:
    """A page behind the event of this number, and behind which the next one begins; None where nothing follows."""
    found = list(_rows(asked, after)[: most + 1])
    return found[:most], found[most - 1].pk if len(found) > most else None


def all_audited(asked: Asked) -> Iterator[Event]:
    """All of it, read piece by piece."""
    after: int | None = None
    while True:
        events, after = audited(asked, after=after, most=_BATCH)
        yield from events
        if after is None:
            return


def kinds_known() -> list[str]:
    """The kinds that the audit log holds, by name. Settings change seldom, so that the log is small."""
    kinds = Event.objects.filter(area__isnull=False).order_by().values_list("kind", flat=True).distinct()
    return sorted(kinds)


def _rows(asked: Asked, after: int | None) -> QuerySet[Event]:
    rows = Event.objects.filter(area__isnull=False)
    if asked.area:
        rows = rows.filter(area=asked.area)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.actor is not None or asked.nobody:
        rows = rows.filter(actor_id=asked.actor) if asked.actor is not None else rows.filter(actor_id__isnull=True)
    if asked.since:
        rows = rows.filter(at__gte=asked.since)
    if asked.until:
        rows = rows.filter(at__lt=asked.until)
    last = Event.objects.filter(pk=after, area__isnull=False).first() if after is not None else None
    if last is not None:
        rows = rows.filter(at__lte=last.at).filter(Q(at__lt=last.at) | Q(pk__lt=last.pk))
    return rows.order_by("-at", "-pk")
