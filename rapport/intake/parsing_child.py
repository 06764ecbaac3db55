"""The worker's side of the parse child: hands over raw bytes, waits within limits, starts it anew when it dies."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from rapport.channels.contract import Inbound
from rapport.intake import budget, wire
from rapport.intake.errors import Limit, ParseFailed
from rapport.kit import clock

_START_LIMIT = 20.0  # seconds until a new child has imported what it needs
_LOOK = 0.05  # seconds between two looks at the memory of a child that does not answer
_CHUNK = 64 * 1024
_SMALL = 100_000  # a mail below that leaves no child bloated
# What lies in the pipes while the child works: mails handed over ahead, and answers nobody has taken yet.
_PIPE = 512 * 1024
MOST_HANDED = 6
# SIGABRT: a library that gets no memory ends its process. SIGPROF: the processor time is over.
_MET = {
    budget.OUT_OF_MEMORY: Limit.MEMORY,
    -signal.SIGABRT: Limit.MEMORY,
    -signal.SIGPROF: Limit.TIME,
}


class ParseChild:
    """One warm child process. Not to be shared between threads. Usable as a context manager."""

    program = "rapport.intake.child"

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        self._exchange: _Exchange | None = None  # asked and not answered yet
        self._ahead: deque[_Exchange] = deque()  # handed over behind it, in the order they will be asked
        self._room = 0  # bytes of mails that its pipe takes at once
        self._spent_before: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def parse(self, raw: bytes, *, kind: str = "email") -> list[Inbound]:
        """The messages in `raw`. Raises ParseFailed when the child died or met a limit; the next call starts anew."""
        self.ask(raw, kind=kind)
        return self.answer()

    def ask(self, raw: bytes, *, kind: str = "email") -> None:
        """Hand over a message to be parsed while the caller does something else; answer() comes next, once.

        A child that still owes an answer nobody wanted is ended first, so that no answer is taken for another's.
        Raises ParseFailed.
        """
        self._spent_before = None
        if self._exchange is None and self._ahead and self._ahead[0].is_about(raw, kind):
            self._exchange = self._ahead.popleft()
            self._exchange.begin()
            return
        if self._exchange is not None or self._ahead:
            self.close()
        try:
            self._exchange = _Exchange(self._start(), raw, kind)
            self._exchange.begin()
            self._exchange.send()
        except (OSError, ValueError, EOFError) as error:
            raise self._failed(error) from error

    @property
    def handed(self) -> int:
        """How many messages lie with it beside the one it was asked."""
        return len(self._ahead)

    def has_room_for(self, size: int) -> bool:
        """Whether a message of so many bytes can be handed over ahead without waiting for anything."""
        if self._exchange is None or len(self._ahead) >= MOST_HANDED or not self.is_ready():
            return False
        return size + self._exchange.size + sum(one.size for one in self._ahead) <= self._room

    def hand_over(self, raw: bytes, *, kind: str = "email") -> None:
        """Give it what it will be asked next, so that it goes on by itself. What it is asked must come in this order.

        Only where has_room_for() said so. An ended child has forgotten all of it, and is then asked as ever.
        """
        if self._process is None:
            return
        behind = _Exchange(self._process, raw, kind)
        with suppress(OSError):  # it has ended; who is asked next finds out why
            behind.begin()
            behind.send()
        self._ahead.append(behind)

    def has_answered(self, *, within: float) -> bool:
        """Whether there is an answer (or none will come) within so many seconds. False leaves it at work."""
        try:
            return self._exchange is None or self._exchange.receive(clock.monotonic() + within)
        except (OSError, EOFError, ValueError):
            return True  # answer() meets the same again and says what it was

    def holds_answer(self) -> bool:
        """Whether a whole answer lies here now, so that answer() neither waits nor meets an end of the child."""
        try:
            return self._exchange is not None and self._exchange.receive(clock.monotonic())
        except (OSError, EOFError, ValueError):
            return False

    def is_ready(self) -> bool:
        """Whether it would begin with a message at once, without being started first."""
        return self._process is not None and self._is_ready and self._process.poll() is None

    def spent(self) -> float:
        """Processor seconds since this was first asked about the message at hand; nobody asks about one read at once."""
        now = _processor_time(self._process.pid) if self._process else 0.0
        if self._spent_before is None:
            self._spent_before = now
        return now - self._spent_before

    def answer(self) -> list[Inbound]:
        """The messages in what was asked last. Raises ParseFailed as parse() does."""
        if self._exchange is None:
            raise ParseFailed("has nothing to answer")
        try:
            self._exchange.receive(None)
            parsed = wire.decode(self._exchange.payload())
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise self._failed(error) from error
        size, rest, self._exchange = self._exchange.size, self._exchange.rest(), None
        if self._ahead:
            self._ahead[0].take_over(rest)
        if size > _SMALL and self._process and _own_memory(self._process.pid) > budget.SPENT:
            self.close()
        return parsed

    def _failed(self, error: Exception) -> ParseFailed:
        """What the child ended of, as far as the way it ended tells."""
        process = self._process
        if process is not None and isinstance(error, (EOFError, BrokenPipeError)):
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
        met = error.limit if isinstance(error, _OverLimit) else _MET.get(process.returncode) if process else None
        self.close()
        return ParseFailed("ended without an answer" if met is None else f"met its limit of {met}", limit=met)

    def close(self) -> None:
        """End the child, at once."""
        process, self._process, self._exchange, self._is_ready = self._process, None, None, False
        self._ahead.clear()
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()

    def begin(self) -> None:
        """Start the child, without waiting until it can read. Raises OSError."""
        self.close()
        # A bare environment: the child needs no setting and must not see any secret.
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )

    def _start(self) -> subprocess.Popen[bytes]:
        """The child, ready to read. Raises OSError or EOFError when it does not become so."""
        if self._process is None or self._process.poll() is not None:
            self.begin()
        if self._process is None:
            raise OSError("The parse child has gone.")
        if not self._is_ready:
            _await_readiness(self._process)
            self._room = _widened(self._process)
            self._is_ready = True
        return self._process


def _await_readiness(process: subprocess.Popen[bytes]) -> None:
    """Read the empty frame a child sends when it has imported what it needs. Raises OSError or EOFError."""
    pipe = process.stdout.fileno() if process.stdout else -1
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    if not poll.poll(_START_LIMIT * 1000):
        raise _OverLimit(Limit.TIME)
    if len(os.read(pipe, wire.PREFIX)) < wire.PREFIX:
        raise EOFError


def _widened(process: subprocess.Popen[bytes]) -> int:
    """Let its pipes hold more, where the system does; how many bytes it can be sent while it reads none of them.

    That is half of what the pipe holds, since what is sent may begin a page of its own each time.
    """
    if process.stdin is None or process.stdout is None:
        return 0
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
    return fcntl.fcntl(process.stdin.fileno(), fcntl.F_GETPIPE_SZ) // 2


class _OverLimit(OSError):
    """The worker itself saw that the child took too much."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(f"over the limit: {limit}")
        self.limit = limit


class _Exchange:
    """One request and its answer over the child's pipes, without blocking beyond what such a mail may take."""

    def __init__(self, process: subprocess.Popen[bytes], raw: bytes, kind: str) -> None:
        """Raises OSError."""
        if process.stdin is None or process.stdout is None:
            raise OSError("The parse child has no pipes.")
        self._raw, self._kind = raw, kind
        self.size = min(len(raw), budget.LARGEST)
        self._pid = process.pid
        self._sink, self._source = process.stdin.fileno(), process.stdout.fileno()
        self._received = bytearray()
        self._deadline = 0.0

    def is_about(self, raw: bytes, kind: str) -> bool:
        """Whether this is the request for these very bytes."""
        return self._raw is raw and self._kind == kind

    def begin(self) -> None:
        """Its time runs from now on."""
        self._deadline = clock.monotonic() + budget.wall_seconds(self.size)

    def take_over(self, received: bytes) -> None:
        """What came behind the answer before is the beginning of this one's."""
        self._received += received

    def send(self) -> None:
        """Hand the request over; the child reads all of it before it answers. Raises OSError."""
        os.set_blocking(self._sink, False)
        os.set_blocking(self._source, False)
        sent = memoryview(self._raw)[: budget.LARGEST]
        # With the mail's beginning in one piece, for the child wakes up at each.
        head = wire.frame(self._kind.encode()) + wire.length(sent)
        self._send(memoryview(head + sent[:_CHUNK]))
        self._send(sent[_CHUNK:])

    def _send(self, rest: memoryview) -> None:
        while rest:
            try:
                rest = rest[os.write(self._sink, rest[:_CHUNK]) :]
            except BlockingIOError:
                self._wait(self._sink, select.POLLOUT, None)

    def receive(self, until: float | None) -> bool:
        """Whether the answer is complete, by `until` (monotonic seconds) or else when it must be at last.

        Raises EOFError when the child ended, OSError when a pipe broke or the child took too much.
        """
        while not self._complete():
            try:
                data = os.read(self._source, _CHUNK)
            except BlockingIOError:
                if not self._wait(self._source, select.POLLIN, until):
                    return False
                continue
            if not data:
                raise EOFError
            self._received += data
        return True

    def payload(self) -> memoryview:
        """The answer, once it is complete, without a copy."""
        return memoryview(self._received)[wire.PREFIX : self._end()]

    def rest(self) -> bytes:
        """What came behind it: the beginning of the next answer."""
        return bytes(self._received[self._end() :])

    def _complete(self) -> bool:
        return len(self._received) >= wire.PREFIX and len(self._received) >= self._end()

    def _end(self) -> int:
        """Where the answer ends. Raises ValueError for a length that is not believable."""
        length = int.from_bytes(self._received[: wire.PREFIX], "big")
        if length > wire.MAX_FRAME:
            raise ValueError("answer too long")
        return wire.PREFIX + length

    def _wait(self, pipe: int, event: int, until: float | None) -> bool:
        """Wait until the pipe is ready; False when `until` came first. Raises _OverLimit."""
        poll = select.poll()
        poll.register(pipe, event)
        while True:
            now = clock.monotonic()
            if now >= self._deadline:
                raise _OverLimit(Limit.TIME)
            if until is not None and now >= until:
                return False
            end = min(self._deadline, until if until is not None else self._deadline, now + _LOOK)
            if poll.poll(max(end - now, 0) * 1000):
                return True
            # Where the kernel does not hold the child to its limit, this does, a moment later.
            if _own_memory(self._pid) > budget.MEMORY:
                raise _OverLimit(Limit.MEMORY)


def _own_memory(pid: int) -> int:
    """Resident bytes a process shares with no file; 0 where the system does not tell."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text("ascii").split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def _processor_time(pid: int) -> float:
    """Seconds a process has computed; where the system does not tell, those that went by."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return clock.monotonic()
