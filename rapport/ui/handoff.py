"""Responses that a view decides upon and the server's loop delivers, so that a slow client never holds the page thread.

Under the test client and plain WSGI, FileHandOff, MadeHandOff and AskedHandOff are ordinary streaming responses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from django.http import HttpResponse, StreamingHttpResponse

CHUNK = 64 * 1024


class FileHandOff(StreamingHttpResponse):
    """A file to be streamed by the loop, with Range requests answered. Raises FileNotFoundError when it is gone."""

    def __init__(self, path: Path | str, *, content_type: str, headers: dict[str, str] | None = None) -> None:
        self.path = Path(path)
        self.size = self.path.stat().st_size
        super().__init__(self._chunks(), content_type=content_type, headers=headers)
        self["Content-Length"] = str(self.size)

    def _chunks(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


class MadeHandOff(StreamingHttpResponse):
    """A file that takes long to make: the loop has `make` run beside the page thread, then streams what it returns.

    None says that there is nothing to show; the answer is an empty 422 then. With `once` the file was made for this
    answer alone and is removed when it has been sent.
    """

    def __init__(
        self, make: Callable[[], Path | None], *, content_type: str, headers: dict[str, str], once: bool = False
    ) -> None:
        self.make, self.once = make, once
        super().__init__(self._chunks(), content_type=content_type, headers=headers)

    def _chunks(self) -> Iterator[bytes]:
        path = self.make()
        if path is not None:
            yield path.read_bytes()
            self.tidy(path)

    def tidy(self, path: Path) -> None:
        """The file has been sent, or its reader has left."""
        if self.once:
            path.unlink(missing_ok=True)


class AskedHandOff(StreamingHttpResponse):
    """An answer that waits for another server: the loop has `ask` run beside the page thread, then sends what it returns.

    `ask` reaches no database: whatever it needs was read before.
    """

    def __init__(self, ask: Callable[[], bytes], *, headers: dict[str, str] | None = None) -> None:
        self.ask = ask
        super().__init__(self._chunks(), content_type="text/html; charset=utf-8", headers=headers)

    def _chunks(self) -> Iterator[bytes]:
        yield self.ask()


class LiveHandOff(HttpResponse):
    """The loop goes on with a stream of live events for this account, until the account's access changes.

    `last_event_id`: the newest event the browser has seen, None when it has seen none. `session_key`: the stream ends
    with this session.
    """

    def __init__(
        self, account_id: int, access_version: int, last_event_id: int | None, *, session_key: str = ""
    ) -> None:
        super().__init__(content_type="text/event-stream; charset=utf-8")
        self["Cache-Control"] = "no-store"
        self["X-Accel-Buffering"] = "no"
        self.account_id = account_id
        self.access_version = access_version
        self.last_event_id = last_event_id
        self.session_key = session_key
