"""R-05, R-26: the line between browser and product breaks, people press again, and nothing is said or counted twice."""

from __future__ import annotations

import json
import re
import smtplib
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

import pytest

from bench.client import Client
from bench.corpus import SHOP, generate
from tests.faults import installation
from tests.faults.installation import AGENT, rows
from tests.faults.reporting import size
from tests.servers.fault_proxy import FaultProxy
from tests.servers.ports import wait_until
from tests.servers.scripting import Act, Drop, Hang, Say

CONVERSATIONS = 4
MOST_TRIES = 5
SILENCE = 0.7  # seconds; whoever waits longer than that presses again
BAD_GATEWAY = Say(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n")
FAULTS: dict[str, tuple[str, Act]] = {
    "never arrived": ("REQUEST", Drop()),
    "torn on its way": ("REQUEST", Drop(after=200)),
    "reset on its way": ("REQUEST", Drop(after=500, reset=True)),
    "lost on its way": ("REQUEST", Hang()),
    "answer lost": ("POST", Drop()),
    "answer torn": ("POST", Drop(after=40)),
    "answer reset": ("POST", Drop(reset=True)),
    "answer never came": ("POST", Hang()),
    "denied by a proxy": ("POST", BAD_GATEWAY),
}

NOTES_TIME = "from rapport.people import installing\ninstalling.set_time_spent(is_noted=True, by=None)"


class Person:
    """Somebody at a browser behind the proxy who presses again until an answer comes."""

    def __init__(self, client: Client, proxy: FaultProxy) -> None:
        self._client, self._proxy = client, proxy
        self.presses = 0

    def form(self, path: str, name: str) -> dict[str, object]:
        """The hidden fields of a form, as its page gives them out."""
        page = self._client.get("page", path).decode()
        found = page[page.index(name) :].split("</form>")[0]
        return dict(re.findall(r'type="hidden" name="(once|seen)" value="([^"]*)"', found))

    def press(self, path: str, fields: dict[str, object]) -> int:
        """The status of the first answer that comes; it may take several presses. Raises TimeoutError."""
        for _ in range(MOST_TRIES):
            self.presses += 1
            with suppress(OSError, HTTPException):
                status = self._press(path, fields)
                if status < 500:
                    return status
        raise TimeoutError(f"no answer from {path} after {MOST_TRIES} presses")

    def _press(self, path: str, fields: dict[str, object]) -> int:
        line = HTTPConnection("127.0.0.1", self._proxy.port, timeout=SILENCE if self._struck() else 30)
        try:
            headers = {
                "Host": f"127.0.0.1:{self._client.product.port}",
                "Cookie": self._client.cookie,
                "X-CSRFToken": self._client.csrf,
                "HX-Request": "true",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            line.request("POST", path, urlencode(fields), headers)
            answer = line.getresponse()
            answer.read()
            return answer.status
        finally:
            line.close()

    def _struck(self) -> bool:
        return bool(self._proxy.faults_left())


@pytest.fixture
def shop(make_installation) -> Iterator[tuple[Client, FaultProxy]]:
    """A running installation with some conversations, an agent, and a proxy in front of it."""
    product = make_installation()
    installation.add_agent(product)
    product.python(NOTES_TIME)
    installation.start(product)
    with smtplib.LMTP("127.0.0.1", installation.door_port(product)) as door:
        for mail in generate(CONVERSATIONS * 3, seed=1):
            door.sendmail(mail.sender, [SHOP], mail.raw)
    installation.wait_until_processed(product, seconds=60, arrivals=CONVERSATIONS * 3)
    proxy = FaultProxy(target=product.port)
    proxy.start()
    yield Client(product, AGENT), proxy
    proxy.stop()


def test_what_is_pressed_again_is_done_once(shop, rng, tell):
    client, proxy = shop
    product, person = client.product, Person(client, proxy)
    numbers = [pk for (pk,) in rows(product, "SELECT id FROM conversations_conversation ORDER BY id")][:CONVERSATIONS]
    wanted = []
    for turn in range(size(commit=1, night=20, release=100)):
        for name, (step, act) in FAULTS.items():
            token = f"said{turn}{name.replace(' ', '')}"
            for kind, path, form in acts(rng.choice(numbers)):
                given = person.form(path if kind == "new" else f"/conversations/{path.split('/')[2]}/", form)
                assert given["once"], f"{kind}: the page gave out no key"
                proxy.rewind()
                for _ in range(rng.choice((1, 1, 2))):
                    proxy.at(step, act)
                status = person.press(path, given | words(kind, f"{token}{kind}"))
                assert status in (200, 204, 302), f"{kind}, {name}: {status}"
                wanted.append(f"{token}{kind}")
    counted = Counter(found for (text,) in said(product) for found in re.findall(r"said\d+[a-z]+", text))
    assert counted == Counter(wanted)
    tell(f"{len(wanted)} acts, {person.presses} presses over a breaking line: each done once")


def test_a_live_line_that_is_cut_again_and_again_misses_nothing(shop, rng, tell):
    client, proxy = shop
    product = client.product
    ending = threading.Event()
    whole, cut = Screen(client, product.port), Screen(client, proxy.port)
    for screen in (whole, cut):
        screen.watch(ending)
    wait_until(lambda: bool(whole.lines and cut.lines), seconds=20, what="both screens connected")
    numbers = [pk for (pk,) in rows(product, "SELECT id FROM conversations_conversation ORDER BY id")][:CONVERSATIONS]
    for turn in range(size(commit=40, night=1000, release=5000)):
        proxy.at("GET", Drop(after=rng.randrange(1, 4000), reset=rng.random() < 0.5))
        client.post("tag", f"/conversations/{rng.choice(numbers)}/tags/", {"add": f"turn {turn}"})
        if turn % 5 == 0:
            opened_again = partial(has_passed, proxy, len(proxy.passed) + 1)
            proxy.drop_all()
            wait_until(opened_again, seconds=20, what="the cut line opened again")
    newest = rows(product, "SELECT max(id) FROM events_event")[0][0]
    proxy.rewind()
    wait_until(lambda: newest in whole.heard, seconds=20, what="the whole line hearing the newest event")
    wait_until(lambda: newest in cut.heard, seconds=20, what="the cut line hearing the newest event")
    ending.set()
    assert sorted(whole.heard - cut.heard) == []
    tell(f"{len(whole.heard)} events over {len(proxy.passed)} lines instead of {whole.lines}: none missed")


def has_passed(proxy: FaultProxy, count: int) -> bool:
    """Whether so many requests have come by."""
    return len(proxy.passed) >= count


class Screen:
    """A browser's live stream: opened again from the last event it knows whenever it ends."""

    def __init__(self, client: Client, port: int) -> None:
        self._client, self._port = client, port
        self.heard: set[int] = set()
        self.lines = 0
        self._last = rows(client.product, "SELECT max(id) FROM events_event")[0][0]

    def watch(self, ending: threading.Event) -> None:
        """In a thread of its own until `ending`."""
        threading.Thread(target=self._watch, args=(ending,), daemon=True).start()

    def _watch(self, ending: threading.Event) -> None:
        while not ending.is_set():
            with suppress(OSError):
                self._read(ending)
            ending.wait(0.05)

    def _read(self, ending: threading.Event) -> None:
        with socket.create_connection(("127.0.0.1", self._port), timeout=5) as line:
            host = f"127.0.0.1:{self._client.product.port}"
            asked = f"GET /live/ HTTP/1.1\r\nHost: {host}\r\nCookie: {self._client.cookie}\r\nLast-Event-ID: {self._last}\r\n\r\n"
            line.sendall(asked.encode())
            kept = b""
            while not ending.is_set() and (data := line.recv(65536)):
                kept += data
                whole, end, kept = kept.rpartition(b"\n\n")
                if end:
                    self.lines += b" 200 " in whole.partition(b"\r\n")[0]
                    self._note(whole)

    def _note(self, pieces: bytes) -> None:
        for found in re.findall(rb"^data: (\{.*\})\r?$", pieces, re.MULTILINE):
            content = json.loads(found)
            if isinstance(content.get("id"), int):
                self.heard.add(content["id"])
                self._last = max(self._last, content["id"])


def acts(number: int) -> list[tuple[str, str, str]]:
    """What is pressed in this conversation: kind, address, and the name of its form on the page."""
    return [
        ("reply", f"/conversations/{number}/replies/", 'id="reply-form"'),
        ("note", f"/conversations/{number}/notes/", 'id="note-form"'),
        ("time", f"/conversations/{number}/time/", 'data-timer="'),
        ("new", "/conversations/new/", 'id="new-form"'),
    ]


def words(kind: str, token: str) -> dict[str, object]:
    """What is written into the form."""
    if kind == "time":
        return {"minutes": 1, "words": token}
    text: dict[str, object] = {"body": f"Dear customer, {token}.", "format": "text"}
    return text | {"to": "new@customer.example", "subject": "A new one", "inbox": 1} if kind == "new" else text


def said(product) -> list[tuple[str]]:
    """Every message of ours, and what time was noted for."""
    spent = rows(product, "SELECT note FROM conversations_timeentry")
    return rows(product, "SELECT text FROM conversations_message WHERE kind IN ('reply', 'note')") + spent
