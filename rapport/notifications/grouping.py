"""Lines of the bell: everything about one conversation is one line, and much of one kind at once is one line too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

STORM = 5
STORM_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Rung:
    """One thing that the bell tells."""

    pk: int
    conversation: int
    subject: str
    topic: str
    said: str
    why: str
    who: str
    actor: int | None
    message: int | None
    at: datetime
    read: bool


@dataclass(slots=True)
class Line:
    """`newest` of one conversation and how many `more` stand behind it; or a storm: `inside` are lines of its kind."""

    newest: Rung
    more: int = 0
    unread: bool = False
    inside: list[Line] = field(default_factory=list)


def lines(rung: Sequence[Rung]) -> list[Line]:
    """What came, newest first, as lines, newest first."""
    found: dict[int, Line] = {}
    for one in rung:
        line = found.get(one.conversation)
        if line is None:
            found[one.conversation] = Line(one, unread=not one.read)
        else:
            line.more += 1
            line.unread = line.unread or not one.read
    return list(_calmed(found.values()))


def _calmed(every: Iterable[Line]) -> Iterable[Line]:
    """Runs of one kind by one person within a few minutes, when longer than STORM, become one line."""
    run: list[Line] = []
    for line in every:
        if run and not _belongs(line, run):
            yield from _closed(run)
            run = []
        run.append(line)
    yield from _closed(run)


def _belongs(line: Line, run: Sequence[Line]) -> bool:
    first, one = run[0].newest, line.newest
    same = (one.said, one.actor, line.unread) == (first.said, first.actor, run[0].unread)
    return same and first.at - one.at <= STORM_WITHIN


def _closed(run: list[Line]) -> Iterable[Line]:
    if len(run) <= STORM:
        return run
    return [Line(run[0].newest, more=len(run) - 1, unread=run[0].unread, inside=run)]
