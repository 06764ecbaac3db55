"""The worker's side of the parse child: hands over raw bytes, waits within limits, starts it anew when it dies."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from types import TracebackType
from typing import Self

from rapport.channels.contract import Inbound
from rapport.intake import wire
from rapport.intake.errors import ParseFailed
from rapport.kit import clock

TIME_LIMIT = 10.0  # seconds for one message; parsing itself bounds its work well below
_START_LIMIT = 20.0  # the first answer also pays for the child's imports
_CHUNK = 64 * 1024


class ParseChild:
    """One warm child process. Not to be shared between threads. Usable as a context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._warm = False
        self._exchange: _Exchange | None = None  # asked and not answered yet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def parse(self, raw: bytes, *, kind: str = "email") -> list[Inbound]:
        """The messages in `raw`. Raises ParseFailed when the child died or took too long; the next call starts anew."""
        self.ask(raw, kind=kind)
        return self.answer()

    def ask(self, raw: bytes, *, kind: str = "email") -> None:
        """Hand over a message to be parsed while the caller does something else; answer() comes next, once.

        A child that still owes an answer nobody wanted is ended first, so that no answer is taken for another's.
        Raises ParseFailed.
        """
        if self._exchange is not None:
            self.close()
        request = wire.frame(kind.encode()) + wire.frame(raw)
        try:
            self._exchange = _Exchange(self._start(), request)
            self._exchange.send(self._deadline())
        except (OSError, ValueError) as error:
            raise self._failed(error) from error

    def answer(self) -> list[Inbound]:
        """The messages in what was asked last. The time limit counts from here. Raises ParseFailed as parse() does."""
        if self._exchange is None:
            raise ParseFailed("nothing was asked")
        try:
            answer = self._exchange.receive(self._deadline())
            self._exchange, self._warm = None, True
            return wire.decode(answer)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise self._failed(error) from error

    def _deadline(self) -> float:
        return clock.monotonic() + (TIME_LIMIT if self._warm else _START_LIMIT)

    def _failed(self, error: Exception) -> ParseFailed:
        self.close()
        return ParseFailed("took too long" if isinstance(error, TimeoutError) else "ended without an answer")

    def close(self) -> None:
        """End the child, at once."""
        process, self._process, self._exchange, self._warm = self._process, None, None, False
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            # A bare environment: the child needs no setting and must not see any secret.
            environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "rapport.intake.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                bufsize=0,
            )
        return self._process


class _Exchange:
    """One request and its answer over the child's pipes, without blocking beyond a deadline (monotonic seconds)."""

    def __init__(self, process: subprocess.Popen[bytes], request: bytes) -> None:
        if process.stdin is None or process.stdout is None:
            raise OSError("The parse child has no pipes.")
        self.sink, self.source = process.stdin.fileno(), process.stdout.fileno()
        self.rest = memoryview(request)
        self.received = bytearray()
        os.set_blocking(self.sink, False)
        os.set_blocking(self.source, False)

    def send(self, deadline: float) -> None:
        """Hand the request over. The child reads all of it before it answers. Raises TimeoutError or OSError."""
        while self.rest:
            try:
                written = os.write(self.sink, self.rest[:_CHUNK])
                self.rest = self.rest[written:]
            except BlockingIOError:
                _wait(self.sink, select.POLLOUT, deadline)

    def receive(self, deadline: float) -> bytes:
        """The answer's payload. Raises TimeoutError, EOFError when the child ended, OSError when a pipe broke."""
        while not self._complete():
            try:
                data = os.read(self.source, _CHUNK)
            except BlockingIOError:
                _wait(self.source, select.POLLIN, deadline)
                continue
            if not data:
                raise EOFError
            self.received += data
        return bytes(self.received[8:])

    def _complete(self) -> bool:
        if len(self.received) < 8:
            return False
        length = int.from_bytes(self.received[:8], "big")
        if length > wire.MAX_FRAME:
            raise ValueError("answer too long")
        return len(self.received) >= 8 + length


def _wait(pipe: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    left = deadline - clock.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError
