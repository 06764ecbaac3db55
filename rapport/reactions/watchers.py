"""Everything that is watched: the looks of rapport.watching, and those at follow-up work, schedule, worker and clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from rapport.events.models import Event
from rapport.kit import clock
from rapport.reactions import running, schedule
from rapport.reactions.models import ReactionRetry, ScheduledRun
from rapport.watching import alarming, arrivals, counting, machine, mailboxes, outgoing, telling
from rapport.watching.kinds import Kind
from rapport.watching.troubles import Trouble, Watcher, reason

# Loops say every 15 seconds that they live.
SILENT_AFTER = timedelta(seconds=90)
LATE_AFTER = timedelta(minutes=3)
DEAD_WITHIN = timedelta(days=1)
# What a silent loop leaves undone: told once, as the loop's silence.
CONSEQUENCES: dict[str, frozenset[Kind]] = {
    "fetching": frozenset({Kind.FETCH_SILENT}),
    "intake": frozenset({Kind.MAIL_WAITING}),
    "outbox": frozenset({Kind.OUTBOX_LATE}),
    "reactions": frozenset({Kind.REACTIONS_LATE}),
    "schedule": frozenset({Kind.SCHEDULE_LATE}),
    "mail door": frozenset({Kind.DOOR_CLOSED}),
}
_OF_ANY_LOOP = frozenset().union(*CONSEQUENCES.values())


def watch(*, beside_worker: bool = True) -> None:
    """Look at everything, bring alarms and counts up to date, and tell. The schedule of the worker calls it; a web process
    calls it with `beside_worker` false while no worker does."""
    watchers = [each for each in WATCHERS if beside_worker or not each.only_worker]
    alarming.look_around(watchers)
    counting.count_events()
    telling.tell()


def look_at_worker(now: datetime) -> Iterator[Trouble]:
    """Loops of the worker that have not been heard of; one trouble when it is all of them."""
    beats = schedule.heartbeats()
    silent = {name: row for name, row in beats.items() if not is_heard(row, now)}
    if len(silent) == len(beats):
        heard = [row.last_success_at for row in beats.values() if row.last_success_at]
        yield Trouble(Kind.WORKER_SILENT, min(now, max(heard, default=now)))
        return
    for name, row in silent.items():
        facts = {"loop": name, "reason": reason(row.last_error)}
        yield Trouble(Kind.LOOP_SILENT, min(now, row.last_success_at or now), name, facts)


def look_at_reactions(now: datetime) -> Iterator[Trouble]:
    """Follow-up work that waits for long, and what was given up since yesterday."""
    waiting = Event.objects.filter(handled=False, historic=False)
    oldest = waiting.order_by("id").first()
    if oldest is not None and now - oldest.at >= LATE_AFTER and _is_left(oldest, now):
        yield Trouble(Kind.REACTIONS_LATE, oldest.at, facts={"count": waiting.count()})
    dead = ReactionRetry.objects.filter(
        state=ReactionRetry.State.DEAD, next_try_at__gt=now + running.WAITS[-1] - DEAD_WITHIN
    )
    newest = dead.order_by("-pk").first()
    if newest is not None:
        yield Trouble(Kind.REACTIONS_DEAD, newest.next_try_at - running.WAITS[-1], facts={"count": dead.count()})


def look_at_schedule(now: datetime) -> Iterator[Trouble]:
    """Scheduled work that nobody runs, or that fails twice."""
    every = {entry.name: entry.every for entry in schedule.SCHEDULE}
    for row in ScheduledRun.objects.filter(name__in=every):
        facts = {"name": row.name, "reason": reason(row.last_error)}
        is_run_now = row.leased_until is not None and row.leased_until > now
        if now - row.next_at >= LATE_AFTER and not is_run_now:
            yield Trouble(Kind.SCHEDULE_LATE, row.next_at, row.name, facts)
        elif row.last_error and (row.last_success_at is None or now - row.last_success_at > 2 * every[row.name]):
            yield Trouble(Kind.SCHEDULE_FAILING, row.last_success_at or now, row.name, facts)


def look_at_clock(now: datetime) -> Iterator[Trouble]:
    """Signs of life that lie in the future: the clock went back since."""
    newest = ScheduledRun.objects.filter(last_success_at__gt=now + clock.SLACK).order_by("-last_success_at").first()
    if newest is not None and newest.last_success_at is not None:
        yield Trouble(Kind.CLOCK_BACK, now, facts={"seconds": int((newest.last_success_at - now).total_seconds())})


def troubles_of_the_worker(now: datetime | None = None) -> list[Trouble]:
    """What any process can see of the worker right now, without patience and without writing anything."""
    return list(look_at_worker(now or clock.now()))


def _knowing_the_loops(watcher: Watcher) -> Watcher:
    """The same look, whose troubles follow from a silent loop where they do."""
    if not watcher.kinds & _OF_ANY_LOOP:
        return watcher

    def look(now: datetime) -> Iterable[Trouble]:
        explained = _explained(now)
        return [replace(found, follows=found.kind in explained) for found in watcher.look(now)]

    return watcher._replace(look=look)


def _explained(now: datetime) -> frozenset[Kind]:
    """The kinds of trouble that silent loops explain."""
    found = [*look_at_worker(now)]
    if any(trouble.kind == Kind.WORKER_SILENT for trouble in found):
        return _OF_ANY_LOOP
    return frozenset().union(*(CONSEQUENCES.get(trouble.subject, frozenset()) for trouble in found))


def is_heard(row: ScheduledRun, now: datetime) -> bool:
    """Whether this loop gave a sign of life lately.

    One that lies ahead is from before the clock went back; who lives gives another one soon.
    """
    return row.last_success_at is not None and -clock.SLACK < now - row.last_success_at < SILENT_AFTER


def _is_left(oldest: Event, now: datetime) -> bool:
    """Whether nobody works on it: a claim on it would have run out."""
    return oldest.claimed_until is None or oldest.claimed_until < now


WATCHERS: list[Watcher] = [
    Watcher(frozenset({Kind.WORKER_SILENT, Kind.LOOP_SILENT}), look_at_worker),
    Watcher(frozenset({Kind.CLOCK_BACK}), look_at_clock),
    *map(
        _knowing_the_loops,
        [
            *mailboxes.WATCHERS,
            *arrivals.WATCHERS,
            *outgoing.WATCHERS,
            Watcher(frozenset({Kind.REACTIONS_LATE, Kind.REACTIONS_DEAD}), look_at_reactions),
            Watcher(frozenset({Kind.SCHEDULE_LATE, Kind.SCHEDULE_FAILING}), look_at_schedule),
            *machine.WATCHERS,
        ],
    ),
]
