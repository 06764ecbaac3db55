"""From a customer's mail to the agents' screens: the real product, many open streams, mail through the door.

Measured from the moment at which the event was written, in the transaction that stores the message (so its commit is
part of the time), to the moment at which the rewritten row of the list has arrived at each screen whose agent may see
it.   python -m bench.live --screens 200 --mails 200 --database both
"""

from __future__ import annotations

import argparse
import asyncio
import json
import smtplib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from bench import report
from bench.corpus import generate
from bench.installations import bench, chosen_databases
from bench.intake import run_beside
from bench.seeding import AGENTS, TEAMS, teams_of
from tests.servers.ports import free_port
from tests.servers.product import Product

BAR = 150  # milliseconds, p95
CONVERSATIONS = 10_000
WARM_UP = 10  # mails
PATIENCE = 20.0  # seconds after the last mail until what was not heard counts as lost
SESSIONS = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from rapport.people.models import Account
keys = []
for number in range(%d):
    account = Account.objects.get(email=f"agent{number + 1}@bench.example")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session["access_version"] = account.access_version
    session.save()
    keys.append(session.session_key)
print(json.dumps(keys))
"""
RECEIVED = """
import json
from rapport.conversations.models import Conversation
from rapport.events.models import Event
found = Event.objects.filter(kind="message.received", pk__gt=%d).order_by("pk")
teams = dict(Conversation.objects.filter(pk__in=found.values("conversation_id")).values_list("pk", "team_id"))
print(json.dumps([[e.pk, e.conversation_id, teams[e.conversation_id], e.at.isoformat()] for e in found]))
"""
NEWEST = "from rapport.events.models import Event\nprint(Event.objects.order_by('-pk').values_list('pk', flat=True)[0])"


@dataclass
class Screen:
    """One browser's stream. `heard`: (moment, event id, conversation) of each row that arrived."""

    agent: int
    cookie: str
    heard: list[tuple[float, int, int]] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self, port: int, since: int) -> None:
        """Read until cancelled. Raises ConnectionError when the stream ends by itself."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        try:
            asked = f"GET /live/?since={since} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {self.cookie}\r\n\r\n"
            writer.write(asked.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.partition(b"\r\n")[0]:
                raise ConnectionError(head[:200].decode())
            async for piece in _pieces(reader):
                self._note(time.time(), piece)
        finally:
            writer.close()
        raise ConnectionError("A live stream ended.")

    def _note(self, moment: float, piece: bytes) -> None:
        if b"event: ready" in piece:
            self.ready.set()
        if b'"html":' not in piece:
            return
        for line in piece.split(b"\n"):
            if line.startswith(b"data: "):
                content = json.loads(line[6:])
                if content.get("html"):
                    self.heard.append((moment, content["id"], content["conversation"]))


@dataclass(frozen=True)
class Figures:
    """Milliseconds from event to screen over all pairs of both; `lost` pairs were never heard. CPU in ms for each mail."""

    p50: float
    p95: float
    longest: float
    pairs: int
    lost: int
    web: float
    worker: float


async def _pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Events of a chunked stream, whole."""
    kept = b""
    while size := int((await reader.readline()).strip() or b"0", 16):
        kept += (await reader.readexactly(size + 2))[:-2]
        whole, blank, kept = kept.rpartition(b"\n\n")
        if blank:
            yield whole


def measure(product: Product, *, screens: int, mails: int, pause: float = 0.25) -> Figures:
    """The figures of one running product with an open mail door."""
    keys = json.loads(product.python(SESSIONS % AGENTS))
    before = int(product.python(NEWEST))
    opened = [Screen(number % AGENTS + 1, f"sessionid={keys[number % AGENTS]}") for number in range(screens)]
    spent = asyncio.run(_work(product, opened, before, mails, pause))
    return _figures(opened, json.loads(product.python(RECEIVED % before)), spent, mails)


async def _work(product: Product, opened: Sequence[Screen], since: int, mails: int, pause: float) -> list[float]:
    """Open the screens, send the mail, wait until it is quiet; the CPU seconds of web and worker for the mail."""
    watching = [asyncio.create_task(screen.watch(product.port, since)) for screen in opened]
    try:
        await asyncio.wait_for(asyncio.gather(*(screen.ready.wait() for screen in opened)), 60)
        before = _spent(product)
        await asyncio.to_thread(_send, product, mails + WARM_UP, pause)
        await _until_quiet(opened)
        ended = [task.exception() for task in watching if task.done()]
        if ended:
            raise RuntimeError(f"{len(ended)} streams ended: {ended[0]}")
        return [after - then for after, then in zip(_spent(product), before, strict=True)]
    finally:
        for task in watching:
            task.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await task


def _send(product: Product, mails: int, pause: float) -> None:
    port = int(product.settings["RAPPORT_MAIL_DOOR"].rpartition(":")[2])
    with smtplib.LMTP("127.0.0.1", port) as door:
        for mail in generate(mails, seed=int(time.time()), to="team1@bench.example"):
            door.sendmail(mail.sender, [f"team{mail.number % TEAMS + 1}@bench.example"], mail.raw)
            time.sleep(pause)


async def _until_quiet(opened: Sequence[Screen]) -> None:
    known, deadline = -1, time.monotonic() + PATIENCE
    while known != (known := sum(len(screen.heard) for screen in opened)) and time.monotonic() < deadline:
        await asyncio.sleep(3)


def _spent(product: Product) -> list[float]:
    return [
        report.processor_seconds(*(process.pid for process in product.processes() if name in process.title))
        for name in ("rapport-web", "rapport-worker")
    ]


def _figures(opened: Sequence[Screen], received: list[list[object]], spent: list[float], mails: int) -> Figures:
    """`received`: id, conversation, team and moment of each event; those of the warm-up come first."""
    took, lost = [], 0
    for pk, conversation, team, at in received[WARM_UP:]:
        began = datetime.fromisoformat(str(at)).timestamp()
        for screen in opened:
            if team not in teams_of(screen.agent):
                continue
            # A row written for a later event of the conversation shows this one too.
            heard = [
                moment for moment, event, number in screen.heard if number == conversation and event >= int(str(pk))
            ]
            if heard:
                took.append(1000 * (min(heard) - began))
            else:
                lost += 1
    web, worker = (1000 * seconds / (mails + WARM_UP) for seconds in spent)
    if not took:
        raise RuntimeError("No screen heard of any mail.")
    return Figures(report.percentile(took, 0.5), report.percentile(took, 0.95), max(took), len(took), lost, web, worker)


def run(*, database: str, screens: int, mails: int) -> str:
    """The figures as a markdown table."""
    rows = []
    for name in chosen_databases(database):
        with bench(name) as place:
            product = place.new(RAPPORT_MAIL_DOOR=f"lmtp://127.0.0.1:{free_port()}")
            run_beside(product, "bench.seeding", str(CONVERSATIONS))
            try:
                product.start()
                found = measure(product, screens=screens, mails=mails)
            finally:
                place.remove(product)
        times = f"{found.p50:.0f} / {found.p95:.0f} / {found.longest:.0f}"
        rows.append([name, times, f"{found.pairs:,}", found.lost, found.web, found.worker])
    head = ["database", f"p50 / p95 (bar: {BAR}) / longest, ms", "screens reached", "missed", "web CPU ms a mail"]
    said = f"From a message to the agents' screens, {screens} screens of {AGENTS} agents, {mails} mails by the door"
    return f"{said}:\n\n{report.table([*head, 'worker CPU ms a mail'], rows)}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=200)
    parser.add_argument("--mails", type=int, default=200)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args()
    print(run(database=chosen.database, screens=chosen.screens, mails=chosen.mails))
    print(report.machine())


if __name__ == "__main__":
    main()
