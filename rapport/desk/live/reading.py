"""Reading the event log for the live streams: what is new, and what a browser missed. Runs beside the loop."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import close_old_connections, connection

from rapport.events.models import Event
from rapport.kit import clock
from rapport.rows.asking import Objects, Question

BATCH = 500
GAP_SECONDS = 60.0
MAX_GAPS = 1000
OVERLAP = timedelta(seconds=60)
OVERLAP_IDS = 2000
MAX_REPLAY = 300
REPLAY_AGE = timedelta(minutes=10)
_fresh = Objects(lambda last: Event.objects.filter(id__gt=last).order_by("id")[:BATCH])
_newest = Question(lambda: Event.objects.order_by("-id").values_list("id")[:1])


class NewEvents:
    """Reads each event once. On PostgreSQL a smaller id may commit later, so missing ids are looked for a while."""

    def __init__(self) -> None:
        self.last_id = newest_id()
        self._gaps: dict[int, float] = {}

    def read(self) -> list[Event]:
        """What has been recorded since the last reading, oldest first; at most BATCH and late ones."""
        close_old_connections()
        late = list(Event.objects.filter(id__in=list(self._gaps)).order_by("id")) if self._gaps else []
        fresh = _fresh.ask(self.last_id)
        for event in late:
            del self._gaps[event.pk]
        if connection.vendor == "postgresql":
            self._note_gaps([event.pk for event in fresh])
        if fresh:
            self.last_id = fresh[-1].pk
        return late + fresh

    def _note_gaps(self, ids: list[int]) -> None:
        now = clock.monotonic()
        self._gaps = {each: until for each, until in self._gaps.items() if until > now}
        expected = self.last_id + 1
        for each in ids:
            for missing in range(max(expected, each - MAX_GAPS), each):
                self._gaps[missing] = now + GAP_SECONDS
            expected = each + 1
        while len(self._gaps) > MAX_GAPS:
            self._gaps.pop(min(self._gaps))


def newest_id() -> int:
    """The id of the newest event, 0 when there is none."""
    found = _newest.ask()
    return int(found[0][0]) if found else 0


def expect_newest_id() -> None:
    """Bring it along with what is asked now, as it is before that: what happens after it is told to the page."""
    _newest.expect(comes_first=True)


def missed_since(last_event_id: int) -> list[Event] | None:
    """What a browser that has seen this event must be told; None: too much, it reads all anew.

    On PostgreSQL with 60 s of overlap, because a smaller id may have committed later; SQLite commits in the order of ids.
    """
    close_old_connections()
    seen = Event.objects.filter(pk=last_event_id).first()
    if seen is None or seen.at < clock.now() - REPLAY_AGE:
        return [] if last_event_id == newest_id() else None
    overlap = _overlap(seen) if connection.vendor == "postgresql" else []
    later = list(Event.objects.filter(id__gt=last_event_id).order_by("id")[: MAX_REPLAY + 1])
    return None if len(later) > MAX_REPLAY else [*reversed(overlap), *later]


def living_sessions(keys: Iterable[str]) -> set[str]:
    """Those of these session keys that are still signed in."""
    close_old_connections()
    rows = Session.objects.filter(session_key__in=list(keys), expire_date__gt=clock.now())
    return set(rows.values_list("session_key", flat=True))


def _overlap(seen: Event) -> list[Event]:
    earlier = Event.objects.filter(id__gt=seen.pk - OVERLAP_IDS, id__lte=seen.pk, at__gte=seen.at - OVERLAP)
    return list(earlier.order_by("-id")[:MAX_REPLAY])
