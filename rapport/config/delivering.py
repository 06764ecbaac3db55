"""Sending answers from the server's loop, at the client's own pace."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import Any

from rapport.config.spooling import Receive
from rapport.ui.handoff import CHUNK, FileHandOff

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[str, str]]

# A name is a token of RFC 9110; a value has no control characters, so that nobody can add a header or a second answer.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*\Z")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")
_NO_CONTENT = frozenset({204, 304})


class UnsafeHeader(ValueError):
    """A header that would break out of its line; the answer becomes an error of the server."""


class Deliverer:
    """Answers one request."""

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send

    async def refuse(self, status: int, reason: str) -> None:
        """A plain answer that also ends the connection, because the rest of the request was not read."""
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")]
        headers += [("Retry-After", "2")] if status == 503 else []
        await self.send_whole(status, headers, (reason + "\n").encode())

    async def send_whole(self, status: int, headers: Headers, content: bytes) -> None:
        """An answer that is complete."""
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        is_head = self._scope["method"] == "HEAD"
        if is_head:
            kept += [(name, value) for name, value in headers if name.lower() == "content-length"]
        elif status not in _NO_CONTENT:
            kept.append(("Content-Length", str(len(content))))
        await self._start(status, kept)
        await self._send({"type": "http.response.body", "body": b"" if is_head else content, "more_body": False})

    async def send_file(self, status: int, headers: Headers, file: FileHandOff) -> None:
        """A file, or the part of it that was asked for, read in pieces beside the loop."""
        part = (
            read_range(self._header(b"range"), file.size) if status == 200 and not self._header(b"if-range") else None
        )
        kept = [(name, value) for name, value in headers if name.lower() not in ("content-length", "accept-ranges")]
        kept.append(("Accept-Ranges", "bytes"))
        if part == (0, -1):
            await self.send_whole(416, [*kept, ("Content-Range", f"bytes */{file.size}")], b"")
            return
        first, last = part or (0, file.size - 1)
        if part:
            status = 206
            kept.append(("Content-Range", f"bytes {first}-{last}/{file.size}"))
        await self._start(status, [*kept, ("Content-Length", str(last - first + 1))])
        if self._scope["method"] != "HEAD":
            await self._send_pieces(file, first, last)
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def send_stream(self, headers: Headers, stream: AsyncGenerator[bytes, None]) -> None:
        """Pieces as they come, until the stream ends or the client leaves."""
        # The middleware measured the empty answer that stands for the stream.
        await self._start(200, [(name, value) for name, value in headers if name.lower() != "content-length"])
        piping, gone = asyncio.ensure_future(self._pipe(stream)), asyncio.ensure_future(self._until_gone())
        try:
            await asyncio.wait({piping, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            is_whole = piping.done()
            piping.cancel()
            gone.cancel()
            await asyncio.gather(piping, gone, return_exceptions=True)
        if is_whole:
            piping.result()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pipe(self, stream: AsyncGenerator[bytes, None]) -> None:
        async with aclosing(stream):
            async for piece in stream:
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    async def _send_pieces(self, file: FileHandOff, first: int, last: int) -> None:
        source = await asyncio.to_thread(file.path.open, "rb")
        try:
            await asyncio.to_thread(source.seek, first)
            left = last - first + 1
            while left > 0 and (piece := await asyncio.to_thread(source.read, min(CHUNK, left))):
                left -= len(piece)
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            source.close()

    async def _start(self, status: int, headers: Headers) -> None:
        await self._send({"type": "http.response.start", "status": status, "headers": checked_headers(headers)})

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _header(self, wanted: bytes) -> str:
        return next((value.decode("latin-1") for name, value in self._scope["headers"] if name == wanted), "")


def checked_headers(headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers as bytes. Raises UnsafeHeader."""
    for name, value in headers:
        if not _NAME.match(name) or not _VALUE.match(value):
            raise UnsafeHeader(f"The header {name[:40]!r} cannot be sent.")
    return [(name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]


def read_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; None for the whole file (also for what we do not serve); (0, -1): cannot be met."""
    match = _RANGE.match(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first_text, last_text = match.groups()
    if not first_text:
        length = min(int(last_text), size)
        return (size - length, size - 1) if length else (0, -1)
    first, last = int(first_text), min(int(last_text), size - 1) if last_text else size - 1
    if last_text and int(last_text) < first:
        return None
    return (first, last) if first < size else (0, -1)
