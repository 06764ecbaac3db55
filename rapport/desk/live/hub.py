"""The hub of one web process: hears the bus, reads new events once, and serves every open stream."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections, connections

from rapport.conversations import audience
from rapport.conversations.audience import Access, Audience
from rapport.desk.live import news, reading
from rapport.desk.live.stream import Stream, sse
from rapport.events import presence, waking
from rapport.events.models import Event
from rapport.kit import clock
from rapport.notifications import ringing
from rapport.ui.handoff import LiveHandOff

log = logging.getLogger(__name__)

Result = TypeVar("Result")

HEARTBEAT_SECONDS = 15.0
CHECK_SECONDS = 4.0
POLL_SECONDS = 10.0
AUDIENCE_SECONDS = 5.0
MAX_STREAMS = 3000
MAX_STREAMS_OF_ONE = 30


class Hub:
    """Start it in the loop that serves the streams. `render` writes a conversation's row, neutral to the viewer."""

    def __init__(self, render: news.Renderer | None = None) -> None:
        self._render = render
        self._streams: set[Stream] = set()
        self._access: dict[int, Access] = {}
        self._presence = presence.Presence()
        self._audiences: dict[int, tuple[float, Audience]] = {}
        self._database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")
        self._new: reading.NewEvents | None = None
        self._stopping = threading.Event()
        self._woken = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to listen."""
        self._loop = loop
        threading.Thread(target=self._listen, name="live bus", daemon=True).start()
        for work in (self._read_on_wake, self._check_regularly):
            self._keep(work())

    def stop(self) -> None:
        """End every stream; browsers come back by themselves."""
        self._stopping.set()
        for stream in self._streams:
            stream.end()
        for task in self._tasks:
            task.cancel()
        self._database.submit(connections.close_all)

    async def stream(self, hand_off: LiveHandOff) -> AsyncGenerator[bytes, None]:
        """The bytes of one browser's stream, until its access ends or the server stops."""
        mine = sum(each.account_id == hand_off.account_id for each in self._streams)
        if self._stopping.is_set():
            return
        if mine >= MAX_STREAMS_OF_ONE or len(self._streams) >= MAX_STREAMS:
            yield sse("full", {}) + b"retry: 60000\n\n"
            return
        stream = Stream(hand_off.account_id, hand_off.access_version, hand_off.session_key)
        self._streams.add(stream)
        try:
            await self._in_database(self._learn_access, {stream.account_id})
            access = self._access.get(stream.account_id)
            if access is None or access.version != stream.access_version:
                return
            yield await self._opening(stream, access, hand_off.last_event_id)
            while (pieces := await stream.next_pieces()) is not None:
                yield pieces
        finally:
            self._streams.discard(stream)

    async def _opening(self, stream: Stream, access: Access, last_event_id: int | None) -> bytes:
        """What a browser missed, or the order to read its page anew; then the id from which it is up to date."""
        newest = await self._in_database(reading.newest_id)
        pieces = b"retry: 2000\n\n"
        if last_event_id is not None:
            missed = await self._in_database(reading.missed_since, last_event_id)
            if missed is None:
                pieces += sse("refetch", {})
            else:
                told = await self._in_database(self._write, missed, {news.variant_of(access)})
                pieces += b"".join(each.for_viewer(stream.account_id, access) or b"" for each in told)
        return pieces + await self._present(stream, access) + sse("ready", {"id": newest}, newest)

    async def _present(self, stream: Stream, access: Access) -> bytes:
        """Who is where now: a page that comes later has not heard it."""
        audiences = await self._in_database(audience.read_audiences, self._presence.conversations())
        seen = [number for number, whom in audiences.items() if audience.may_see(stream.account_id, access, whom)]
        return b"".join(self._presence_at(number) for number in seen)

    def _listen(self) -> None:
        """The bus thread: blocks on the bus and hands what it hears to the loop."""
        while not self._stopping.is_set():
            try:
                with waking.Listener() as listener:
                    while not self._stopping.is_set():
                        heard = listener.wait(timeout=1.0)
                        if heard:
                            self._loop.call_soon_threadsafe(self._heard, heard)
            except Exception:
                log.exception("The live streams lost the bus and try again")
                self._stopping.wait(1.0)

    def _heard(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            if message["topic"] == waking.WAKE:
                self._woken.set()
            elif message["topic"] == presence.TOPIC:
                self._keep(self._note_presence(message))
            elif message["topic"] == ringing.TOPIC:
                self._ring(message.get("accounts"))

    def _ring(self, accounts: object) -> None:
        """Tell the open pages of these people that there is news for them; what it is they ask by themselves."""
        whom = {each for each in accounts if isinstance(each, int)} if isinstance(accounts, list) else set()
        for stream in self._streams:
            if stream.account_id in whom:
                stream.put(sse("bell", {}))

    async def _read_on_wake(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._new is None:  # the database may be away when this process begins
                    self._new = await self._in_database(reading.NewEvents)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
                self._woken.clear()
                while events := await self._in_database(self._new.read):
                    await self._spread(events)
            except Exception:
                log.exception("New events could not be read for the live streams")
                await asyncio.sleep(1.0)

    async def _spread(self, events: list[Event]) -> None:
        if any(event.kind.startswith(("account.", "role.", "installation.", "inbox.")) for event in events):
            await self._check_access()
        if not self._streams:
            return
        variants = {news.variant_of(access) for access in self._access.values() if access.reads_messages}
        for each in await self._in_database(self._write, events, variants):
            for stream in self._streams:
                access = self._access.get(stream.account_id)
                piece = each.for_viewer(stream.account_id, access) if access else None
                if piece is not None:
                    stream.put(piece)

    def _write(self, events: list[Event], variants: set[news.Variant]) -> list[news.News]:
        """Runs in the database thread."""
        close_old_connections()
        return news.write(events, variants, self._render)

    def _send(self, whom: Audience, text: bytes) -> None:
        for stream in self._streams:
            access = self._access.get(stream.account_id)
            if access is not None and audience.may_see(stream.account_id, access, whom):
                stream.put(text)

    async def _note_presence(self, message: dict[str, Any]) -> None:
        try:
            conversation, account = int(message["conversation"]), int(message["account"])
            changed = self._presence.note(
                conversation, account=account, name=str(message["name"]), state=str(message["state"])
            )
        except (KeyError, TypeError, ValueError):
            return
        if changed:
            await self._tell_presence([conversation])

    async def _tell_presence(self, conversations: Iterable[int]) -> None:
        for conversation in conversations:
            whom = await self._audience_of(conversation)
            if whom is not None:
                self._send(whom, self._presence_at(conversation))

    def _presence_at(self, conversation: int) -> bytes:
        people = [
            {"account": each.account, "name": each.name, "state": each.state}
            for each in self._presence.people_at(conversation)
        ]
        return sse("presence", {"conversation": conversation, "people": people})

    async def _audience_of(self, conversation: int) -> Audience | None:
        """The audience, read at most once in AUDIENCE_SECONDS: presence is said often."""
        now = clock.monotonic()
        known = self._audiences.get(conversation)
        if known is None or known[0] < now:
            found = (await self._in_database(audience.read_audiences, [conversation])).get(conversation)
            if found is None:
                return None
            self._audiences = {key: each for key, each in self._audiences.items() if each[0] >= now}
            self._audiences[conversation] = known = (now + AUDIENCE_SECONDS, found)
        return known[1]

    async def _check_regularly(self) -> None:
        while not self._stopping.is_set():
            await asyncio.sleep(CHECK_SECONDS)
            for stream in self._streams:
                stream.keep_alive(HEARTBEAT_SECONDS - CHECK_SECONDS)
            try:
                await self._check_access()
                await self._tell_presence(self._presence.expire())
            except Exception:
                log.exception("The access of the live streams could not be checked")

    async def _check_access(self) -> None:
        """End the streams of whoever may no longer see what it was opened for."""
        if not self._streams:
            return
        accounts = {stream.account_id for stream in self._streams}
        keys = {stream.session_key for stream in self._streams if stream.session_key}
        await self._in_database(self._learn_access, accounts)
        living = await self._in_database(reading.living_sessions, keys)
        for stream in list(self._streams):
            access = self._access.get(stream.account_id)
            signed_in = not stream.session_key or stream.session_key in living or stream.session_key not in keys
            if access is None or access.version != stream.access_version or not signed_in:
                stream.end()

    def _learn_access(self, account_ids: set[int]) -> None:
        """Read the access of these accounts anew. Runs in the database thread."""
        close_old_connections()
        found = audience.read_access(account_ids)
        self._access = {**{key: each for key, each in self._access.items() if key not in account_ids}, **found}

    async def _in_database(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await self._loop.run_in_executor(self._database, work, *arguments)

    def _keep(self, work: Any) -> None:
        """Run it as a task; the set keeps it from being collected while it runs."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
