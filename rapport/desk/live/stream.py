"""One browser's open stream, and how an event is written for it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from rapport.kit import clock

MAX_QUEUED = 500
HEARTBEAT = b": \n\n"


class Stream:
    """What waits to be sent to one browser. Ends when its access or session does."""

    def __init__(self, account_id: int, access_version: int, session_key: str) -> None:
        self.account_id = account_id
        self.access_version = access_version
        self.session_key = session_key
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._last = clock.monotonic()

    def put(self, piece: bytes) -> None:
        """Queue a piece; a browser that does not keep up is told to read its page anew instead."""
        if self._pieces.qsize() >= MAX_QUEUED:
            while not self._pieces.empty():
                self._pieces.get_nowait()
            piece = sse("refetch", {})
        self._last = clock.monotonic()
        self._pieces.put_nowait(piece)

    def end(self) -> None:
        """Send what is queued no more and close."""
        while not self._pieces.empty():
            self._pieces.get_nowait()
        self._pieces.put_nowait(None)

    def keep_alive(self, quiet: float) -> None:
        """Queue a comment if nothing was queued for `quiet` seconds: what stands between would close the connection."""
        if clock.monotonic() - self._last >= quiet:
            self.put(HEARTBEAT)

    async def next_pieces(self) -> bytes | None:
        """All that waits, in one; None at the end."""
        pieces = [await self._pieces.get()]
        while pieces[-1] is not None and not self._pieces.empty():
            pieces.append(self._pieces.get_nowait())
        return None if pieces[-1] is None else b"".join(piece for piece in pieces if piece)


def sse(name: str, content: dict[str, Any], event_id: int | None = None) -> bytes:
    """One event of a stream. JSON holds no bare line break, so the content is one line."""
    lead = f"id: {event_id}\n" if event_id is not None else ""
    return f"{lead}event: {name}\ndata: {json.dumps(content, separators=(',', ':'))}\n\n".encode()
