"""From troubles to alarms: opened when they last, kept while they are seen, ended when they are not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from rapport.events import recording
from rapport.kit import clock
from rapport.watching import kinds
from rapport.watching.kinds import Kind
from rapport.watching.models import Alarm, Telling
from rapport.watching.troubles import Trouble, Watcher

log = structlog.get_logger(__name__)

# Looks come every half minute; after a longer gap nobody knows what was in between.
SEEN_AGAIN_WITHIN = timedelta(minutes=2)
# What comes back so soon is the same alarm, and nobody is told twice.
SAME_WITHIN = timedelta(minutes=10)
KEPT = timedelta(days=90)


def look_around(watchers: Iterable[Watcher], now: datetime | None = None) -> None:
    """Look at everything and bring the alarms up to date. A look that breaks leaves its own alarms as they are."""
    now = now or clock.now()
    found: list[Trouble] = []
    looked_at: set[Kind] = set()
    for watcher in watchers:
        try:
            found.extend(watcher.look(now))
        except Exception:
            log.exception("look_broke", kinds=sorted(watcher.kinds))
        else:
            looked_at |= watcher.kinds
    note(found, looked_at=looked_at, now=now)


@transaction.atomic
def note(found: Iterable[Trouble], *, looked_at: set[Kind], now: datetime) -> None:
    """Open, keep and end the alarms of the kinds that were looked at."""
    known = {(alarm.kind, alarm.subject): alarm for alarm in Alarm.objects.select_for_update().filter(ended_at=None)}
    seen = set()
    for trouble in found:
        key = (str(trouble.kind), trouble.subject[:300])
        if key in seen:
            continue
        seen.add(key)
        alarm = known.get(key) or (None if trouble.follows else _recalled(trouble, now) or _begin(trouble, now))
        if alarm is not None:
            _see(alarm, trouble, now)
    for key, alarm in known.items():
        if key not in seen and alarm.kind in looked_at:
            _unseen(alarm, now)
    Alarm.objects.filter(ended_at__lt=now - KEPT).delete()
    Telling.objects.filter(at__lt=now - KEPT).delete()


def _begin(trouble: Trouble, now: datetime) -> Alarm:
    return Alarm(
        kind=trouble.kind, subject=trouble.subject[:300], since=trouble.since, first_seen_at=now, last_seen_at=now
    )


def _recalled(trouble: Trouble, now: datetime) -> Alarm | None:
    """The same alarm, ended a moment ago."""
    ended = Alarm.objects.filter(kind=trouble.kind, subject=trouble.subject[:300], opened_at__isnull=False)
    alarm = ended.filter(ended_at__gte=now - SAME_WITHIN, end_told_at=None).order_by("-pk").first()
    if alarm is not None:
        alarm.ended_at = None
    return alarm


def _see(alarm: Alarm, trouble: Trouble, now: datetime) -> None:
    if alarm.opened_at is None and (now - alarm.last_seen_at > SEEN_AGAIN_WITHIN or alarm.first_seen_at > now):
        alarm.first_seen_at = now
        alarm.since = trouble.since
    alarm.facts, alarm.inbox_id, alarm.last_seen_at = dict(trouble.facts), trouble.inbox, now
    alarm.since = min(alarm.since, trouble.since)
    if (
        alarm.opened_at is None
        and not trouble.follows
        and now - alarm.first_seen_at >= kinds.about(alarm.kind).patience
    ):
        alarm.opened_at = now
        recording.record("alarm.opened", subject=alarm.pk, at=now, data={"kind": alarm.kind, "subject": alarm.subject})
        log.warning("alarm_opened", kind=alarm.kind, subject=alarm.subject)
    alarm.save()


def _unseen(alarm: Alarm, now: datetime) -> None:
    if alarm.opened_at is None:
        alarm.delete()
    elif now - alarm.last_seen_at >= kinds.about(alarm.kind).stays or now < alarm.last_seen_at - SEEN_AGAIN_WITHIN:
        alarm.ended_at = now
        alarm.save(update_fields=["ended_at"])
        recording.record("alarm.ended", subject=alarm.pk, at=now, data={"kind": alarm.kind, "subject": alarm.subject})
        log.info("alarm_ended", kind=alarm.kind, subject=alarm.subject)
