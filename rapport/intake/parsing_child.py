"""The worker's side of the parse child: hands over raw bytes, waits within limits, starts it anew when it dies."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from types import TracebackType
from typing import IO, Self

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def parse(self, raw: bytes, *, kind: str = "email") -> list[Inbound]:
        """The messages in `raw`. Raises ParseFailed when the child died or took too long; the next call starts anew."""
        process = self._start()
        limit = TIME_LIMIT if self._warm else _START_LIMIT
        try:
            request = wire.frame(kind.encode()) + wire.frame(raw)
            answer = _Exchange(process, request, clock.monotonic() + limit).run()
            self._warm = True
            return wire.decode(answer)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            reason = "took too long" if isinstance(error, TimeoutError) else "ended without an answer"
            self.close()
            raise ParseFailed(reason) from error

    def close(self) -> None:
        """End the child, at once."""
        process, self._process, self._warm = self._process, None, False
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
    """One request and its answer over the child's pipes, without blocking beyond the deadline."""

    def __init__(self, process: subprocess.Popen[bytes], request: bytes, deadline: float) -> None:
        if process.stdin is None or process.stdout is None:
            raise OSError("The parse child has no pipes.")
        self.sink: IO[bytes] = process.stdin
        self.source: IO[bytes] = process.stdout
        self.rest = memoryview(request)
        self.deadline = deadline
        self.answer = bytearray()
        os.set_blocking(self.sink.fileno(), False)

    def run(self) -> bytes:
        """The answer's payload. Raises TimeoutError, EOFError when the child ended, OSError when a pipe broke."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.source, selectors.EVENT_READ)
            selector.register(self.sink, selectors.EVENT_WRITE)
            while not self._complete():
                left = self.deadline - clock.monotonic()
                ready = selector.select(left) if left > 0 else []
                if not ready:
                    raise TimeoutError
                for key, _ in ready:
                    self._write(selector) if key.fileobj is self.sink else self._read()
        return bytes(self.answer[8:])

    def _complete(self) -> bool:
        if len(self.answer) < 8:
            return False
        length = int.from_bytes(self.answer[:8], "big")
        if length > wire.MAX_FRAME:
            raise ValueError("answer too long")
        return len(self.answer) >= 8 + length

    def _write(self, selector: selectors.BaseSelector) -> None:
        if self.rest:
            written = os.write(self.sink.fileno(), self.rest[:_CHUNK])
            self.rest = self.rest[written:]
        if not self.rest:
            selector.unregister(self.sink)

    def _read(self) -> None:
        data = os.read(self.source.fileno(), _CHUNK)
        if not data:
            raise EOFError
        self.answer += data
