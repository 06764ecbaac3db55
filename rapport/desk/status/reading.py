"""What the status page tells, read in a handful of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from rapport.channels.models import Cursor, Inbox
from rapport.conversations.access import conversations_visible_to
from rapport.intake.models import RawMessage
from rapport.kit import clock
from rapport.outbox import listing as outbox
from rapport.outbox.models import Delivery
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.reactions import schedule, watchers
from rapport.reactions.models import ReactionRetry, ScheduledRun
from rapport.watching import naming

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Queue:
    """So many rows wait in one state, the oldest since then."""

    name: str
    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop of a worker, and whether it has been heard of lately. `name` as logs call it."""

    name: str
    words: str
    last_sign: datetime | None
    error: str
    is_alive: bool


@dataclass(frozen=True, slots=True)
class Connection:
    """One inbox with what its folders tell; `state` is good, bad, waiting (never read yet) or off."""

    inbox: Inbox
    cursors: list[Cursor]
    state: str


def connections(account: Account) -> list[Connection]:
    """Inboxes with their cursors: all for administrators, else those of own teams."""
    rows = Inbox.objects.select_related("team").prefetch_related("cursors").order_by("name", "pk")
    if not account.may(Right.SEE_ALL):
        rows = rows.filter(team_id__in=account.team_ids)
    return [Connection(inbox, sorted(inbox.cursors.all(), key=lambda row: row.part), _state(inbox)) for inbox in rows]


def arrivals() -> list[Queue]:
    """Raw messages that wait or could not be processed."""
    names = dict(RawMessage.State.choices)
    # State by state: each of the two has an index of its own, both together would read all that ever came.
    each = [RawMessage.objects.filter(state=state) for state in (RawMessage.State.ACCEPTED, RawMessage.State.PARKED)]
    return [queue for rows in each for queue in _queues(rows, names, "received_at")]


def deliveries() -> list[Queue]:
    """Deliveries that are not finished, by state."""
    names = dict(Delivery.State.choices)
    return [Queue(str(names[row.state]), row.count, row.oldest) for row in outbox.queue_states()]


def reactions() -> list[Queue]:
    """Reactions that failed, by state."""
    open_ones = ReactionRetry.objects.exclude(state=ReactionRetry.State.DONE)
    return _queues(open_ones, dict(ReactionRetry.State.choices), "event__at")


def parked() -> list[RawMessage]:
    """Mail that could not be processed, newest first."""
    return list(
        RawMessage.objects.filter(state=RawMessage.State.PARKED).select_related("inbox").order_by("-pk")[:SHOWN]
    )


def dead_reactions() -> list[tuple[str, ReactionRetry]]:
    """Reactions that were given up, newest first, each by what it does."""
    dead = ReactionRetry.objects.filter(state=ReactionRetry.State.DEAD).select_related("event")
    return [(naming.reaction(row.reaction), row) for row in dead.order_by("-pk")[:SHOWN]]


def troubled_deliveries(account: Account) -> list[Delivery]:
    """Deliveries a person may have to look at, newest first; of conversations this account may see."""
    found = outbox.troubled(SHOWN)
    if account.may(Right.SEE_ALL):
        return found
    numbers = {row.conversation_id for row in found if row.conversation_id}
    seen = set(conversations_visible_to(account).filter(pk__in=numbers).values_list("pk", flat=True))
    return [row for row in found if row.conversation_id in seen]


def loops() -> list[Loop]:
    """The workers' loops with their last sign of life."""
    now = clock.now()
    return [
        Loop(name, naming.loop(name), row.last_success_at, row.last_error, watchers.is_heard(row, now))
        for name, row in schedule.heartbeats().items()
    ]


def scheduled() -> list[tuple[str, ScheduledRun]]:
    """The entries of the schedule, each by what it does."""
    rows = ScheduledRun.objects.exclude(name__startswith=schedule.HEARTBEAT)
    return sorted(((naming.scheduled(row.name), row) for row in rows), key=lambda named: named[0])


def _state(inbox: Inbox) -> str:
    if not inbox.is_active:
        return "off"
    cursors = list(inbox.cursors.all())
    if any(row.failing_since for row in cursors):
        return "bad"
    return "good" if not inbox.settings.get("imap") or any(row.last_success_at for row in cursors) else "waiting"


def _queues(rows: QuerySet[RawMessage] | QuerySet[ReactionRetry], names: Mapping[str, object], at: str) -> list[Queue]:
    found = rows.values("state").annotate(count=Count("pk"), oldest=Min(at)).order_by("state")
    return [Queue(str(names[row["state"]]), row["count"], row["oldest"]) for row in found]
