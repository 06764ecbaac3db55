"""Stored arrivals on their way through parse children: the next ones are parsed while others are being stored, and one
that takes long steps aside with its child, so that the others pass it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TypeVar

from rapport.channels.contract import Inbound
from rapport.files import storing
from rapport.intake.errors import ParseFailed
from rapport.intake.models import RawMessage
from rapport.intake.parsing_child import ParseChild
from rapport.kit import clock

Taken = TypeVar("Taken")

# What the arrivals behind wait for one: so much of its reader's work (nearly all take a hundredth of it), or so many
# seconds where the reader does nothing at all. Counted in work, a crowded machine does not put mails out of their order.
PATIENCE, STANDSTILL = 0.3, 3.0
MOST_ASIDE = 2  # each keeps a child of its own at work
# So many are parsed ahead, and so many bytes of raw mail, for they are kept in memory until they are stored.
MOST_AHEAD, MOST_BYTES = 16, 2 * 1024 * 1024
_GLANCE = 0.1  # seconds between two looks


class Parsing:
    """One arrival on its way. What goes wrong is kept for result(), where it concerns this arrival and no other."""

    child: ParseChild  # since it began

    def __init__(self, row: RawMessage) -> None:
        self.row = row
        self.raw = b""
        self._parsed: list[Inbound] = []
        self._is_taken = False
        self._error: Exception | None = None

    def begin(self, child: ParseChild) -> Parsing:
        """Ask this child, now. Raises nothing."""
        self.child = child
        if self._read():
            try:
                child.ask(self.raw, kind=self.row.channel)
            except Exception as error:
                self._error = error
        return self

    def hand_over(self, child: ParseChild) -> bool:
        """Lay it before a child that has another one at hand; False when it could not be read from the disk."""
        if self._read():
            child.hand_over(self.raw, kind=self.row.channel)
        return self._error is None

    def _read(self) -> bool:
        """Whether its bytes are here."""
        if not self.raw and self._error is None:
            try:
                self.raw = storing.read(self.row.sha256)
            except Exception as error:
                self._error = error
        return self._error is None

    def is_done(self, *, within: float) -> bool:
        """Whether wait() would return at once, or does so within so many seconds. Raises nothing."""
        return self._error is not None or self.child.has_answered(within=within)

    def is_read(self) -> bool:
        """Whether it has been read well, and its child is free for the next arrival. Waits for nothing, raises nothing."""
        if self._error is None and not self._is_taken and self.child.holds_answer():
            self._take()
        return self._is_taken and self._error is None

    def wait(self) -> None:
        """Take the child's answer, so that it is free for the next arrival. Raises nothing."""
        if self._error is None and not self._is_taken:
            self._take()
        if isinstance(self._error, ParseFailed) and self._error.limit is None:
            self._ask_again()

    def result(self) -> list[Inbound]:
        """The parsed messages. Raises what went wrong: ParseFailed, FileMissing or OSError."""
        if self._error is not None:
            raise self._error
        return self._parsed

    def _take(self) -> None:
        self._is_taken = True
        try:
            self._parsed = self.child.answer()
        except Exception as error:
            self._error = error

    def _ask_again(self) -> None:
        """Ask a second child at once: the first may have been killed, and answers wait behind this mail."""
        try:
            self._parsed, self._error = self.child.parse(self.raw, kind=self.row.channel), None
        except Exception as error:
            self._error = error


class Line:
    """The children of one thread. Its first child reads in order; one that is not done in time goes on aside."""

    def __init__(self, child: ParseChild) -> None:
        self._child = child
        self._next: ParseChild | None = None  # begun for those behind one that may step aside
        self._aside: list[Parsing] = []
        self._unread: deque[Parsing] = deque()  # of which the first child may have some lying before it
        self._reading: Parsing | None = None  # in the first child
        self._read: list[Parsing] = []

    def is_waiting(self) -> bool:
        """Whether an arrival is still being read aside."""
        return bool(self._aside)

    def parsed(self, rows: Sequence[RawMessage]) -> Iterator[list[Parsing]]:
        """All of `rows` in order, as many at a time as are done: nobody waits until there are more.

        Those that take long come with a later call at the last. Called with no rows it waits a moment for them.
        """
        self._unread, self._reading, self._read = deque(map(Parsing, rows)), None, []
        while self._unread or self._reading or self._read:
            if not self._read:
                self._read_one()
            self.go_on()
            if self._read:
                done, self._read = self._read, []
                yield done
            yield from self._done_aside(within=0)
        yield from self._done_aside(within=0 if rows else _GLANCE)
        if self._next is not None and not self._aside:
            self._next.close()  # nobody stepped aside after all; idle, it would only take memory
            self._next = None

    def go_on(self) -> None:
        """Take what has been read meanwhile and hand over the next. Waits for nothing: who calls may hold a lock."""
        while True:
            if self._reading is not None:
                if self._reading.row.size > MOST_BYTES or not self._reading.is_read():
                    return
                self._read.append(self._reading)
                self._reading = None
            if not self._unread or not self._has_room_for(self._unread[0].row) or not self._child.is_ready():
                return
            self._begin_reading()

    def is_busy(self) -> bool:
        """Whether more of those that parsed() was called with are to come, besides those aside."""
        return bool(self._unread or self._reading or self._read)

    def take_next(self, take: Callable[[Parsing], Taken | None]) -> Taken | None:
        """What `take` makes of the next in order, if that has been read by now; else it comes with parsed().

        Waits for nothing, like go_on().
        """
        self.go_on()
        taken = take(self._read[0]) if self._read else None
        if taken is not None:
            del self._read[0]
        return taken

    def _has_room_for(self, row: RawMessage) -> bool:
        ahead = sum(len(parsing.raw) for parsing in self._read) + row.size
        return len(self._read) < MOST_AHEAD and ahead <= MOST_BYTES

    def _read_one(self) -> None:
        """Wait for the next one, or until it steps aside; let the child begin with the one behind it."""
        parsing = self._reading or self._begin_reading()
        if self._is_done_in_time(parsing):
            self._read.append(parsing)
        self._reading = None
        if self._unread:
            self._begin_reading()

    def _begin_reading(self) -> Parsing:
        """Let the child begin with the next one, and lay those behind it before it, so that it never waits for us."""
        self._reading = self._unread.popleft().begin(self._child)
        for behind in islice(self._unread, self._child.handed, None):
            if not self._child.has_room_for(behind.row.size) or not behind.hand_over(self._child):
                break
        return self._reading

    def _is_done_in_time(self, parsing: Parsing) -> bool:
        end = clock.monotonic() + STANDSTILL
        while len(self._aside) < MOST_ASIDE and not parsing.is_done(within=_GLANCE):
            spent = parsing.child.spent()
            if spent > PATIENCE or clock.monotonic() > end:
                self._aside.append(parsing)
                self._child, self._next = self._next or ParseChild(), None
                return False
            if spent > PATIENCE / 3:
                self._begin_next()
        parsing.wait()
        return True

    def _begin_next(self) -> None:
        """Let the next child start while this one still works: those behind then need not wait for its imports."""
        if self._next is None:
            self._next = ParseChild()
            with suppress(OSError):  # asked, it starts again and says what is wrong
                self._next.begin()

    def _done_aside(self, *, within: float) -> Iterator[list[Parsing]]:
        for parsing in [parsing for parsing in self._aside if parsing.is_done(within=within)]:
            self._aside.remove(parsing)
            parsing.wait()
            parsing.child.close()
            yield [parsing]
