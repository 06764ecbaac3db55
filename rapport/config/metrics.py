"""Figures for Prometheus in its text format (version 0.0.4): `GET /metrics`."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rapport.channels.models import Cursor
from rapport.config import locality
from rapport.conversations.models import Message
from rapport.events.models import Event
from rapport.intake.models import RawMessage
from rapport.kit import clock
from rapport.outbox import listing as outbox
from rapport.outbox.models import Delivery
from rapport.reactions import schedule
from rapport.reactions.models import ReactionRetry
from rapport.watching import counting
from rapport.watching.kinds import Kind
from rapport.watching.models import Alarm

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


class Sample(NamedTuple):
    """One figure with its labels."""

    value: float
    labels: Mapping[str, str] = {}


class Family(NamedTuple):
    """Figures of one name. `kind` is counter or gauge."""

    name: str
    kind: str
    meaning: str
    samples: Iterable[Sample]


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine itself, or with `Authorization: Bearer` and RAPPORT_METRICS_TOKEN; others find nothing here."""
    if not (_has_token(request) or locality.is_from_this_machine(request)):
        raise Http404
    return HttpResponse(text(families()), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def text(found: Iterable[Family]) -> str:
    """The text format: HELP and TYPE, then one line a sample."""
    lines: list[str] = []
    for family in found:
        lines += [f"# HELP {family.name} {family.meaning}", f"# TYPE {family.name} {family.kind}"]
        for sample in family.samples:
            labels = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in sample.labels.items())
            lines.append(f"{family.name}{'{' + labels + '}' if labels else ''} {sample.value:.15g}")
    return "\n".join(lines) + "\n"


def families() -> Iterator[Family]:
    """Every figure, read from indexes and small tables only."""
    now = clock.now()
    yield Family("rapport_events_total", "counter", "What happened, by kind.", _events())
    yield Family("rapport_arrivals_total", "counter", "Mails taken in.", [Sample(_highest(RawMessage))])
    yield Family("rapport_messages_total", "counter", "Messages of all kinds.", [Sample(_highest(Message))])
    yield Family("rapport_deliveries_total", "counter", "Deliveries ever queued.", [Sample(_highest(Delivery))])
    yield from _queues(now)
    yield from _loops(now)
    yield from _folders(now)
    yield Family("rapport_alarms", "gauge", "Alarms that stand, by code.", _alarms())
    yield from _machine()


def _events() -> Iterator[Sample]:
    for kind, number in sorted(counting.event_counts().items()):
        yield Sample(number, {"kind": kind})


def _highest(model: type[RawMessage | Message | Delivery]) -> int:
    """The newest id stands for the number of rows: counting millions would take longer than a scrape may."""
    return int(model._default_manager.aggregate(highest=Max("pk"))["highest"] or 0)


def _queues(now: datetime) -> Iterator[Family]:
    waiting = RawMessage.objects.filter(state=RawMessage.State.ACCEPTED)
    oldest = waiting.order_by("next_try_at").values_list("received_at", flat=True).first()
    reactions = Event.objects.filter(handled=False)
    first = reactions.order_by("id").values_list("at", flat=True).first()
    depths = [Sample(waiting.count(), {"queue": "intake"}), Sample(reactions.count(), {"queue": "reactions"})]
    ages = [Sample(_age(oldest, now), {"queue": "intake"}), Sample(_age(first, now), {"queue": "reactions"})]
    yield Family("rapport_queue_depth", "gauge", "What waits.", depths)
    yield Family("rapport_queue_oldest_seconds", "gauge", "How long the oldest of it has waited.", ages)
    states = {state.value: (0, 0.0) for state in Delivery.State if state not in ("sent", "cancelled")}
    states |= {row.state: (row.count, _age(row.oldest, now)) for row in outbox.queue_states()}
    depths = [Sample(count, {"state": state}) for state, (count, _) in states.items()]
    ages = [Sample(age, {"state": state}) for state, (_, age) in states.items()]
    yield Family("rapport_deliveries", "gauge", "Deliveries that are not finished, by state.", depths)
    yield Family("rapport_deliveries_oldest_seconds", "gauge", "Age of the oldest of them.", ages)
    retries = ReactionRetry.objects.exclude(state=ReactionRetry.State.DONE).values("state").annotate(n=Count("pk"))
    counted = {row["state"]: row["n"] for row in retries.order_by("state")}
    samples = [Sample(counted.get(state, 0), {"state": state}) for state in ("waiting", "dead")]
    yield Family("rapport_reaction_retries", "gauge", "Follow-up work that failed, by state.", samples)


def _loops(now: datetime) -> Iterator[Family]:
    samples = [Sample(_age(row.last_success_at, now), {"loop": name}) for name, row in schedule.heartbeats().items()]
    yield Family("rapport_loop_silent_seconds", "gauge", "Since each loop of the worker was heard of.", samples)


def _folders(now: datetime) -> Iterator[Family]:
    """Labelled by number and folder: an address would tell a monitor more than it needs."""
    cursors = list(Cursor.objects.filter(inbox__is_active=True).order_by("inbox_id", "part"))
    labels = {cursor.pk: {"inbox": str(cursor.inbox_id), "folder": cursor.part} for cursor in cursors}
    read = [Sample(_age(row.last_success_at, now), labels[row.pk]) for row in cursors if row.last_success_at]
    yield Family("rapport_folder_read_seconds", "gauge", "Since a folder was last read.", read)
    counted = [row for row in cursors if row.server_count is not None and row.stored_count is not None]
    missing = [Sample((row.server_count or 0) - (row.stored_count or 0), labels[row.pk]) for row in counted]
    yield Family("rapport_folder_missing", "gauge", "Mails on the server that are not stored here.", missing)


def _alarms() -> Iterator[Sample]:
    standing = Alarm.objects.filter(ended_at=None, opened_at__isnull=False).values("kind").annotate(n=Count("pk"))
    counted = {row["kind"]: row["n"] for row in standing.order_by("kind")}
    for kind in Kind:
        yield Sample(counted.get(kind.value, 0), {"code": kind.value})


def _machine() -> Iterator[Family]:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) if Path("/proc").is_dir() else 0
    memory = pages * os.sysconf("SC_PAGE_SIZE")
    meaning = "Resident memory of the process that answers."
    yield Family("rapport_process_resident_bytes", "gauge", meaning, [Sample(memory)])
    yield Family("rapport_database_bytes", "gauge", "Size of the database.", [Sample(_database_bytes())])


def _database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    path = Path(str(connection.settings_dict["NAME"]))
    return sum(each.stat().st_size for each in (path, path.with_name(path.name + "-wal")) if each.exists())


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0


def _has_token(request: HttpRequest) -> bool:
    token: str = settings.ENVIRONMENT.metrics_token or ""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return token != "" and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
