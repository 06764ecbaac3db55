"""Taking a request's body in before anybody works on it: in memory while small, then in a file, within limits."""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from rapport.kit import clock

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

MEMORY_BYTES = 256 * 1024
IDLE_SECONDS = 20.0
TOTAL_SECONDS = 300.0


class BodyRefused(Exception):
    """The body was not taken. `status`: 413 too large, 408 too slow, 0 when the client left."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True)
class Body:
    """A whole body of `size` bytes, open at its start; `path` when it lies in a file. close() removes what is left."""

    file: BinaryIO
    size: int
    path: Path | None = None

    def close(self) -> None:
        """Close and remove it; a file that somebody has moved away stays where it is."""
        self.file.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large and how slow a body may be; `in_file` keeps even a small one in a file, to be moved into the store."""

    max_bytes: int
    idle_seconds: float = IDLE_SECONDS
    total_seconds: float = TOTAL_SECONDS
    in_file: bool = False


async def spool(receive: Receive, limits: Limits, folder: Path) -> Body:
    """Read the whole body. Raises BodyRefused; then nothing is left behind."""
    body = _open_file(folder) if limits.in_file else Body(io.BytesIO(), 0)
    deadline = clock.monotonic() + limits.total_seconds
    try:
        more = True
        while more:
            chunk, more = await _next_chunk(receive, min(limits.idle_seconds, deadline - clock.monotonic()))
            body.size += len(chunk)
            if body.size > limits.max_bytes:
                raise BodyRefused(413)
            if body.path is None and body.size > MEMORY_BYTES:
                body = _moved_to_file(body, folder)
            body.file.write(chunk)
    except BaseException:
        body.close()
        raise
    body.file.seek(0)
    return body


async def _next_chunk(receive: Receive, seconds: float) -> tuple[bytes, bool]:
    try:
        async with asyncio.timeout(max(0.01, seconds)):  # wait_for would make a task of it
            message = await receive()
    except TimeoutError:
        raise BodyRefused(408) from None
    if message["type"] != "http.request":
        raise BodyRefused(0)
    return message.get("body", b""), bool(message.get("more_body", False))


def _open_file(folder: Path) -> Body:
    handle, name = tempfile.mkstemp(dir=folder, prefix="body-")
    return Body(os.fdopen(handle, "w+b", buffering=0), 0, Path(name))


def _moved_to_file(body: Body, folder: Path) -> Body:
    moved = _open_file(folder)
    moved.size = body.size
    body.file.seek(0)
    moved.file.write(body.file.read())
    body.file.close()
    return moved
