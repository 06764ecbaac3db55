"""The worker: supervised threads that fetch, process, react, release and send, each at its own pace."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import close_old_connections, connection, connections
from django.utils import translation

from rapport.events import waking
from rapport.kit import clock

if TYPE_CHECKING:
    from rapport.outbox.lanes import Lanes

log = logging.getLogger(__name__)

POLL_SECONDS = 10.0  # a nudge may get lost; then work waits this long at most
SHORTEST_WAIT = 0.05
BEAT_SECONDS = 15.0
STUCK_SECONDS = 120.0
RESTART_SECONDS = (1.0, 5.0, 15.0, 60.0)
STOP_SECONDS = 4.0
LANGUAGE_SECONDS = 1.0


@dataclass
class Loop:
    """One thread's work. `work` does a small batch and says how much there was; `next_due_at` when time alone brings
    more. However often it is nudged, it looks at most once in `pace` seconds while there is nothing to do. `end` ends
    what it has begun elsewhere, within so many seconds."""

    name: str
    work: Callable[[], int]
    next_due_at: Callable[[], datetime | None]
    pace: float = 0.0
    end: Callable[[float], None] = lambda seconds: None
    bell: threading.Event = field(default_factory=threading.Event)
    busy_since: float | None = None
    thread: threading.Thread | None = None

    def is_alive(self) -> bool:
        """Whether its thread lives and has not hung in one batch."""
        busy_since = self.busy_since
        hangs = busy_since is not None and clock.monotonic() - busy_since > STUCK_SECONDS
        return self.thread is not None and self.thread.is_alive() and not hangs


class Worker:
    """All loops of one worker process."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.loops = _database_loops()
        self._own_loops = _own_loops()
        self._supervised: list[threading.Thread] = []
        self._failing: set[str] = set()
        self._language = settings.LANGUAGE_CODE
        self._language_asked = -LANGUAGE_SECONDS

    def run(self) -> None:
        """Work until stop() is called. Returns within STOP_SECONDS of it."""
        from rapport.reactions import schedule

        schedule.prepare()
        schedule.forget_loops(except_of=[*(loop.name for loop in self.loops), *self._own_loops])
        self._start("bus", self._listen)
        for loop in self.loops:
            loop.thread = self._start(loop.name, partial(self._turn, loop))
        self._start("heartbeat", self._beat)
        for name, run in self._own_loops.items():
            self._start(name, partial(run, self.stopping))
        self.stopping.wait()
        self._end()

    def stop(self) -> None:
        """Ask every loop to end after the item in hand."""
        self.stopping.set()
        for loop in self.loops:
            loop.bell.set()

    def _start(self, name: str, run: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=self._supervise, args=(name, run), name=name, daemon=True)
        thread.start()
        self._supervised.append(thread)
        return thread

    def _supervise(self, name: str, run: Callable[[], None]) -> None:
        """Run until the worker stops; what raises is logged and started again after a growing pause."""
        failures = 0
        while not self.stopping.is_set():
            started = clock.monotonic()
            try:
                self._failing.discard(name)
                run()
                return
            except Exception as error:
                failures = 0 if clock.monotonic() - started > RESTART_SECONDS[-1] else failures
                pause = RESTART_SECONDS[min(failures, len(RESTART_SECONDS) - 1)]
                failures += 1
                self._failing.add(name)
                log.exception("The loop %r failed and starts again in %s s", name, pause)
                _note_failure(name, error)
                self.stopping.wait(pause)
            finally:
                connections.close_all()

    def _turn(self, loop: Loop) -> None:
        while not self.stopping.is_set():
            loop.bell.clear()
            loop.busy_since = clock.monotonic()
            close_old_connections()
            self._speak()
            if loop.work():
                continue
            wait = _seconds_until(loop.next_due_at())
            loop.busy_since = None
            looked = clock.monotonic()
            if loop.bell.wait(wait) and loop.pace:
                self.stopping.wait(max(0.0, looked + loop.pace - clock.monotonic()))

    def _speak(self) -> None:
        """What is kept for whoever looks, such as why a mail could not be read, is in the company's language. It is
        asked for now and then, so that another choice takes effect without a new start."""
        from rapport.people import speaking

        now = clock.monotonic()
        if now - self._language_asked >= LANGUAGE_SECONDS:
            self._language_asked = now
            self._language = speaking.company()
        translation.activate(self._language)

    def _listen(self) -> None:
        with waking.Listener() as listener:
            self._ring()  # what was said before we listened
            while not self.stopping.is_set():
                if any(message["topic"] == waking.WAKE for message in listener.wait(timeout=1.0)):
                    self._ring()

    def _ring(self) -> None:
        for loop in self.loops:
            loop.bell.set()

    def _beat(self) -> None:
        from rapport.reactions import schedule

        while not self.stopping.is_set():
            close_old_connections()
            schedule.beat(self._alive())
            self.stopping.wait(BEAT_SECONDS)

    def _alive(self) -> list[str]:
        names = [loop.name for loop in self.loops if loop.is_alive()] + list(self._own_loops)
        return [name for name in names if name not in self._failing]

    def _end(self) -> None:
        deadline = clock.monotonic() + STOP_SECONDS
        for loop in self.loops:
            loop.end(max(0.0, deadline - clock.monotonic()))
        for thread in self._supervised:
            thread.join(max(0.0, deadline - clock.monotonic()))
        late = [thread.name for thread in self._supervised if thread.is_alive()]
        if late:
            log.warning("These loops did not stop in time and are left: %s", ", ".join(late))


def run_worker() -> None:
    """Run a worker in this process until SIGTERM or SIGINT."""
    _keep_few_pages()
    worker = Worker()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()


def _keep_few_pages() -> None:
    """SQLite: a dozen threads have a connection each, and what they read is in the memory of the system already."""
    if connection.vendor == "sqlite":
        from rapport.rows.sqlite import base

        base.DatabaseWrapper.page_cache = base.FEW_PAGES


def _database_loops() -> list[Loop]:
    # Imported inside each loop, so that one part that cannot be loaded does not stop the others.
    def react() -> int:
        from rapport.reactions import running

        return running.run_due(50)

    def release() -> int:
        from rapport.conversations import releasing

        return releasing.release_due(50)

    def wake_snoozed() -> int:
        from rapport.conversations import snoozing

        return snoozing.wake_due()

    def process() -> int:
        from rapport.intake import processing

        return processing.process_due(20)

    def carry() -> int:
        from rapport.notifications import carrying

        return carrying.carry_due()

    def next_push_at() -> datetime | None:
        from rapport.notifications import carrying

        return carrying.next_due_at()

    def bring_in() -> int:
        from rapport.people import importing

        return importing.work()

    from django.conf import settings

    from rapport.reactions import schedule

    # Each intake loop keeps a parse child of its own.
    parse_children = settings.ENVIRONMENT.parse_children
    return [
        Loop("reactions", react, schedule.next_reaction_at),
        Loop("releases", release, schedule.next_release_at, pace=0.05),
        Loop("snoozes", wake_snoozed, schedule.next_waking_at, pace=1.0),
        _outbox(),
        *(Loop(_numbered("intake", number), process, schedule.next_raw_message_at) for number in range(parse_children)),
        Loop("pushes", carry, next_push_at, pace=0.1),
        Loop("imports", bring_in, lambda: None, pace=1.0),
        Loop("schedule", schedule.run_due, schedule.next_due_at, pace=5.0),
    ]


def _outbox() -> Loop:
    """The loop that starts a lane wherever something is to be sent, and looks again when one has come to its end."""
    made: list[Lanes] = []

    def lanes() -> Lanes:
        if not made:
            from rapport.outbox.lanes import Lanes

            made.append(Lanes(loop.bell.set))
        return made[0]

    def end(seconds: float) -> None:
        for each in made:
            each.end(seconds)

    loop = Loop("outbox", lambda: lanes().work(), lambda: lanes().next_due_at(), pace=0.1, end=end)
    return loop


def _numbered(name: str, number: int) -> str:
    """`intake`, `intake 2`, `intake 3`."""
    return name if number == 0 else f"{name} {number + 1}"


def _own_loops() -> dict[str, Callable[[threading.Event], None]]:
    """Loops that keep their own time: they are given the event that says stop."""
    from django.conf import settings

    def fetch(stopping: threading.Event) -> None:
        from rapport.intake import fetching

        fetching.run_loops(stopping)

    def open_door(stopping: threading.Event) -> None:
        from rapport.intake import door

        door.run_door(stopping)

    loops: dict[str, Callable[[threading.Event], None]] = {"fetching": fetch}
    if settings.ENVIRONMENT.mail_door:
        loops["mail door"] = open_door
    return loops


def _seconds_until(moment: datetime | None) -> float:
    if moment is None:
        return POLL_SECONDS
    return min(POLL_SECONDS, max(SHORTEST_WAIT, (moment - clock.now()).total_seconds()))


def _note_failure(name: str, error: Exception) -> None:
    from rapport.reactions import schedule

    try:
        schedule.note_failure(name, f"{type(error).__name__}: {error}")
    except Exception:
        log.exception("The failure of the loop %r could not be noted", name)
