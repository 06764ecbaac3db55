"""Looks at the way out: is the outbox worked off, does each inbox's server take mail, what is left for a person?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings

from rapport.outbox.models import Delivery
from rapport.people import installing
from rapport.watching.kinds import Kind
from rapport.watching.troubles import Facts, Trouble, Watcher, reason

LATE_AFTER = timedelta(minutes=3)
# A server that puts strangers off does so for a quarter of an hour at most.
DELAYED_AFTER = timedelta(minutes=30)
REFUSED_WITHIN = timedelta(days=1)
DOUBTFUL_WITHIN = timedelta(days=3)
_LOOKED_AT = 500

State = Delivery.State


def look_at_outbox(now: datetime) -> Iterator[Trouble]:
    """Deliveries whose time has come long ago and that nobody has tried."""
    if installing.is_held():
        return
    waiting = [State.QUEUED, State.DEFERRED]
    due = Delivery.objects.filter(state__in=waiting, next_try_at__lte=now - LATE_AFTER)
    oldest = due.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    if oldest is not None:
        yield Trouble(Kind.OUTBOX_LATE, oldest, facts={"count": due.count()})


def look_at_servers(now: datetime) -> Iterator[Trouble]:
    """Ways out that do not work: nothing was taken for the recipients, and nothing else got through since."""
    if installing.is_held():
        return
    stuck = [row for row in _newest(State.DEFERRED) if not row.outcomes and row.attempts > 0]
    refused = [row for row in _newest(State.FAILED) if not row.outcomes and now - row.created_at < REFUSED_WITHIN]
    for kind, rows in ((Kind.SENDING_FAILING, stuck), (Kind.SENDING_REFUSED, refused)):
        for way, own in _by_way(rows).items():
            oldest = min(row.created_at for row in own)
            is_late = kind == Kind.SENDING_REFUSED or now - oldest >= LATE_AFTER
            if is_late and not _got_through(way, after=max(row.created_at for row in own)):
                yield _server_trouble(kind, way, own)


def look_at_deliveries(now: datetime) -> Iterator[Trouble]:
    """What other servers put off or refuse, and what only a person can decide."""
    rows = [row for row in _newest(State.DEFERRED) if row.outcomes and now - row.created_at >= DELAYED_AFTER]
    yield from _counted(Kind.DELIVERY_DELAYED, rows)
    rows = [row for row in _newest(State.FAILED) if row.outcomes and now - row.created_at < REFUSED_WITHIN]
    yield from _counted(Kind.DELIVERY_FAILED, rows)
    rows = [row for row in _newest(State.POSSIBLY_SENT) if now - row.created_at < DOUBTFUL_WITHIN]
    yield from _counted(Kind.DELIVERY_DOUBTFUL, rows)


def _newest(state: Delivery.State) -> list[Delivery]:
    rows = Delivery.objects.filter(state=state).select_related("inbox")
    return list(rows.defer("payload").order_by("-pk")[:_LOOKED_AT])


def _way(row: Delivery) -> int | None:
    """The inbox a delivery leaves by; None for the operator's own server, which takes the product's own mails."""
    return None if row.message_id is None and settings.ENVIRONMENT.system_mail else row.inbox_id


def _by_way(rows: Iterable[Delivery]) -> dict[int | None, list[Delivery]]:
    grouped: dict[int | None, list[Delivery]] = defaultdict(list)
    for row in rows:
        grouped[_way(row)].append(row)
    return grouped


def _got_through(way: int | None, *, after: datetime) -> bool:
    """Whether this way out took something after the newest of its troubled deliveries was made."""
    newest = Delivery.objects.filter(state=State.SENT).order_by("-pk")[:_LOOKED_AT]
    sent = newest.only("inbox_id", "message_id", "sent_at")
    return any(row.sent_at and row.sent_at > after and _way(row) == way for row in sent)


def _server_trouble(kind: Kind, way: int | None, rows: list[Delivery]) -> Trouble:
    newest = max(rows, key=lambda row: row.pk)
    name = newest.inbox.name if newest.inbox and way else "RAPPORT_SYSTEM_MAIL_URL"
    facts: Facts = {"way": name, "count": len(rows), "reason": reason(newest.last_answer)}
    return Trouble(kind, min(row.created_at for row in rows), str(way or ""), facts, way)


def _counted(kind: Kind, rows: list[Delivery]) -> Iterator[Trouble]:
    if rows:
        yield Trouble(kind, min(row.created_at for row in rows), facts={"count": len(rows)})


WATCHERS = [
    Watcher(frozenset({Kind.OUTBOX_LATE}), look_at_outbox),
    Watcher(frozenset({Kind.SENDING_FAILING, Kind.SENDING_REFUSED}), look_at_servers),
    Watcher(frozenset({Kind.DELIVERY_DELAYED, Kind.DELIVERY_FAILED, Kind.DELIVERY_DOUBTFUL}), look_at_deliveries),
]
