"""Between the server's loop and the pages: bodies come in whole before a page begins, answers go out after it ended.

One thread runs the pages. It never waits for a client: the loop spools what arrives, sends what was answered, streams
files and keeps the live streams.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from rapport.config import refusing
from rapport.config.delivering import Deliverer, Send, UnsafeHeader
from rapport.config.environs import BadRequest, make_environ
from rapport.config.spooling import Body, BodyRefused, Limits, Receive, spool
from rapport.config.values import Network
from rapport.ui.handoff import AskedHandOff, FileHandOff, LiveHandOff, MadeHandOff

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Headers = list[tuple[str, str]]
LiveStream = Callable[[LiveHandOff], AsyncGenerator[bytes, None]]

MAX_WAITING = 256
MOST_MAKING = 2  # files made at once for this process's clients, each in a program of its own
MOST_ASKING = 8  # questions to other servers at once; each has a time limit of its own


@dataclass(slots=True)
class Answer:
    """What a page said: status, headers, and either the whole content or a hand-over to the loop."""

    status: int
    headers: Headers
    content: bytes = b""
    hand_off: FileHandOff | LiveHandOff | MadeHandOff | AskedHandOff | None = None


class Bridge:
    """The ASGI application. `limits_for` knows by method and path how large and slow a body may be."""

    def __init__(
        self,
        pages: WSGIApplication,
        *,
        live: LiveStream,
        limits_for: Callable[[Scope], Limits],
        folder: Path,
        proxies: tuple[Network, ...] = (),
    ) -> None:
        self._pages = pages
        self._live = live
        self._limits_for = limits_for
        self._folder = folder
        self._proxies = proxies
        self._page_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pages")
        self._waiting = 0
        self._making = asyncio.Semaphore(MOST_MAKING)
        self._asking_threads = ThreadPoolExecutor(max_workers=MOST_ASKING, thread_name_prefix="asking")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        deliverer = Deliverer(scope, receive, send)
        try:
            body = await self._take_body(scope, receive)
        except BodyRefused as refused:
            if refused.status:
                await deliverer.refuse(refused.status, refusing.sentence(scope, refused.status))
            return
        try:
            answer = await self._ask_page(scope, receive, body)
        except BadRequest:
            await deliverer.refuse(400, refusing.sentence(scope, 400))
            return
        finally:
            body.close()
        if answer is not None:
            try:
                await self._deliver(answer, deliverer)
            except UnsafeHeader:
                log.exception("The answer to %s %s was not sent", scope["method"], scope["path"])
                await deliverer.refuse(500, refusing.sentence(scope, 500))

    async def _take_body(self, scope: Scope, receive: Receive) -> Body:
        limits = self._limits_for(scope)
        announced = _announced_length(scope)
        if announced > limits.max_bytes:
            raise BodyRefused(413)
        if self._waiting >= MAX_WAITING:
            raise BodyRefused(503)
        return await spool(receive, limits, self._folder)

    async def _ask_page(self, scope: Scope, receive: Receive, body: Body) -> Answer | None:
        """The page's answer; None when the client left before its turn came."""
        environ = make_environ(dict(scope), body, self._proxies)
        if body.path is not None:
            environ["rapport.spooled"] = str(body.path)
        self._waiting += 1
        try:
            work = self._page_thread.submit(run_page, self._pages, environ)
            page = asyncio.wrap_future(work)
            if self._waiting == 1:  # its turn has come
                return await page
            gone = asyncio.ensure_future(_until_gone(receive))
            either: set[asyncio.Future[Any]] = {page, gone}
            done, _ = await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if page not in done and work.cancel():
                return None
            gone.cancel()
            return await page
        finally:
            self._waiting -= 1

    async def _deliver(self, answer: Answer, deliverer: Deliverer) -> None:
        if isinstance(answer.hand_off, FileHandOff):
            await deliverer.send_file(answer.status, answer.headers, answer.hand_off)
        elif isinstance(answer.hand_off, MadeHandOff):
            await self._make_and_send(answer, answer.hand_off, deliverer)
        elif isinstance(answer.hand_off, AskedHandOff):
            loop = asyncio.get_running_loop()
            content = await loop.run_in_executor(self._asking_threads, answer.hand_off.ask)
            await deliverer.send_whole(answer.status, answer.headers, content)
        elif isinstance(answer.hand_off, LiveHandOff):
            await deliverer.send_stream(answer.headers, self._live(answer.hand_off))
        else:
            await deliverer.send_whole(answer.status, answer.headers, answer.content)

    async def _make_and_send(self, answer: Answer, wanted: MadeHandOff, deliverer: Deliverer) -> None:
        async with self._making:
            path = await asyncio.to_thread(wanted.make)
        if path is None:
            await deliverer.send_whole(422, answer.headers, b"")
        else:
            try:
                await deliverer.send_file(answer.status, answer.headers, FileHandOff(path, content_type=""))
            finally:
                wanted.tidy(path)


def run_page(pages: WSGIApplication, environ: dict[str, Any]) -> Answer:
    """Run one page to its end, in the page thread."""
    started: list[tuple[str, Headers]] = []

    def start_response(status: str, headers: Headers, exc_info: Any = None, /) -> Callable[[bytes], object]:
        started.append((status, headers))
        return lambda data: None

    response: Any = pages(environ, start_response)
    try:
        hand_off = response if isinstance(response, FileHandOff | LiveHandOff | MadeHandOff | AskedHandOff) else None
        content = b"" if hand_off is not None else b"".join(response)
    finally:
        response.close()
    status, headers = started[-1]
    return Answer(int(status.split(" ", 1)[0]), headers, content, hand_off)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _announced_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
