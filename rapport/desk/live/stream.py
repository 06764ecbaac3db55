"""One browser's open stream, and how an event is written for it."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

MAX_QUEUED = 500
HEARTBEAT = b": \n\n"


class Stream:
    """What waits to be sent to one browser. Ends when its access or session does."""

    def __init__(self, account_id: int, access_version: int, session_key: str) -> None:
        self.account_id = account_id
        self.access_version = access_version
        self.session_key = session_key
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()

    def put(self, piece: bytes) -> None:
        """Queue a piece; a browser that does not keep up is told to read its page anew instead."""
        if self._pieces.qsize() >= MAX_QUEUED:
            while not self._pieces.empty():
                self._pieces.get_nowait()
            piece = sse("refetch", {})
        self._pieces.put_nowait(piece)

    def end(self) -> None:
        """Send what is queued no more and close."""
        while not self._pieces.empty():
            self._pieces.get_nowait()
        self._pieces.put_nowait(None)

    async def next_piece(self, heartbeat: float) -> bytes | None:
        """The next piece, a comment after `heartbeat` quiet seconds, None at the end."""
        # What waits is handed out however busy the loop is, and costs no timer.
        with suppress(asyncio.QueueEmpty):
            return self._pieces.get_nowait()
        try:
            return await asyncio.wait_for(self._pieces.get(), heartbeat)
        except TimeoutError:
            return HEARTBEAT


def sse(name: str, content: dict[str, Any], event_id: int | None = None) -> bytes:
    """One event of a stream. JSON holds no bare line break, so the content is one line."""
    lead = f"id: {event_id}\n" if event_id is not None else ""
    return f"{lead}event: {name}\ndata: {json.dumps(content, separators=(',', ':'))}\n\n".encode()
