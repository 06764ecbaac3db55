"""Reading the audit log: newest first, a page or all of it, along an index each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from rapport.events.models import Event

_BATCH = 500
_AREAS = """
WITH RECURSIVE known(name) AS (
    SELECT min(area) FROM events_event WHERE area IS NOT NULL
    UNION ALL
    SELECT (SELECT min(area) FROM events_event WHERE area > known.name) FROM known WHERE known.name IS NOT NULL
)
SELECT name FROM known WHERE name IS NOT NULL
"""
_KINDS = """
WITH RECURSIVE known(name) AS (
    SELECT min(kind) FROM events_event
    UNION ALL
    SELECT (SELECT min(kind) FROM events_event WHERE kind > known.name) FROM known WHERE known.name IS NOT NULL
)
SELECT name FROM known WHERE name IS NOT NULL
"""


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
    """The kinds of the areas that the audit log holds, by name: read from one to the next along their indexes, for among
    millions of events there are a hundred kinds."""
    with connection.cursor() as cursor:
        cursor.execute(_AREAS)
        areas = {area for (area,) in cursor.fetchall()}
        cursor.execute(_KINDS)
        return sorted(kind for (kind,) in cursor.fetchall() if kind.partition(".")[0] in areas)


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
