"""An office at work for as long as one likes: mail comes in, agents read, search and answer, screens stay open."""

from __future__ import annotations

import random
import re
import smtplib
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPException

from bench.client import Client
from bench.corpus import generate
from tests.servers.product import Product

MAIL_SECONDS = 2.0  # 1,800 mails an hour
AGENTS = 6
THOUGHT_SECONDS = 1.5  # an agent's pause before the next page: four pages a second altogether
SCREENS = 12
SCREEN_SECONDS = 300.0  # a browser's stream ends now and then, and begins again
MAILS = 20_000
_TEAMS_WITH_MAIL = 3
QUERIES = ("anniversary", "quicksilver", "springtime anniversary", "order", "agent@nowhere.example", "Rose", "1234")


class Office:
    """Threads of mail, agents and screens beside a running, seeded product; `done` counts what they did."""

    def __init__(self, product: Product, *, seed: int = 1) -> None:
        self.done = dict.fromkeys(("mails", "pages", "replies", "screens", "failures"), 0)
        self.problems: list[str] = []
        self._product, self._seed = product, seed
        self._closing = threading.Event()
        self._counting = threading.Lock()
        self._threads: list[threading.Thread] = []

    def open(self) -> None:
        """Everybody begins."""
        clients = [Client(self._product, f"agent{number + 1}@bench.example") for number in range(AGENTS)]
        self._begin(self._post)
        for number, client in enumerate(clients):
            self._begin(self._work, client, random.Random(self._seed * 1000 + number))
        for number in range(SCREENS):
            self._begin(self._watch, clients[number % AGENTS].cookie, number)

    def close(self) -> None:
        """Everybody goes home."""
        self._closing.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _note(self, what: str, problem: BaseException | None = None) -> None:
        with self._counting:
            self.done[what] += 1
            if problem is not None:
                self.problems = [*self.problems[-9:], f"{type(problem).__name__}: {problem}"[:300]]

    def _post(self) -> None:
        """Mail by the door, each on a connection of its own as most servers do it."""
        port = int(self._product.settings["RAPPORT_MAIL_DOOR"].rpartition(":")[2])
        for mail in generate(MAILS, seed=self._seed, to="team1@bench.example"):
            if self._closing.wait(MAIL_SECONDS):
                return
            to = f"team{mail.number % _TEAMS_WITH_MAIL + 1}@bench.example"
            try:
                with smtplib.LMTP("127.0.0.1", port) as door:
                    door.sendmail(mail.sender, [to], mail.raw)
                self._note("mails")
            except (OSError, smtplib.SMTPException) as problem:
                self._note("failures", problem)

    def _work(self, client: Client, rng: random.Random) -> None:
        """One agent: lists, conversations, files, searches; every tenth time an answer."""
        while not self._closing.wait(THOUGHT_SECONDS * rng.uniform(0.5, 1.5)):
            try:
                self._turn(client, rng)
            except (OSError, HTTPException, RuntimeError) as problem:
                self._note("failures", problem)
                client.connection.close()

    def _turn(self, client: Client, rng: random.Random) -> None:
        view = rng.choice(("open", "mine", "unassigned", "waiting", "closed"))
        page = client.get("page", f"/inbox/?view={view}")
        self._note("pages")
        numbers = re.findall(rb"/conversations/(\d+)/", page)
        if numbers:
            self._open_one(client, rng, int(rng.choice(numbers)))
        self._pause(rng)
        query = rng.choice(QUERIES).replace(" ", "+")
        path = rng.choice(("/inbox/counts/", f"/search/?q={query}", "/account/", f"/inbox/rows/?view={view}"))
        client.get("page", path, part=path.startswith("/inbox/rows"))
        self._note("pages")

    def _open_one(self, client: Client, rng: random.Random, number: int) -> None:
        self._pause(rng)
        page = client.get("page", f"/conversations/{number}/", part=rng.random() < 0.7)
        self._note("pages")
        for path in re.findall(rb'href="(/files/[^"]+)"', page)[:1]:
            client.get("page", path.decode().replace("&amp;", "&"))
            self._note("pages")
        seen = re.search(rb'name="seen" value="(\d+)"', page)
        if seen and rng.random() < 0.1:
            self._pause(rng)
            fields = {"body": "Thank you, we look into it.\n\nKind regards", "format": "text", "seen": int(seen[1])}
            client.post("reply", f"/conversations/{number}/replies/", fields)
            self._note("replies")

    def _pause(self, rng: random.Random) -> None:
        self._closing.wait(THOUGHT_SECONDS * rng.uniform(0.5, 1.5))

    def _watch(self, cookie: str, number: int) -> None:
        """One open screen: a live stream read until it is time to begin anew."""
        rng = random.Random(number)
        while not self._closing.wait(rng.uniform(0, 2)):
            with suppress(TimeoutError), ExitStack() as opened:
                connection = HTTPConnection("127.0.0.1", self._product.port, timeout=60)
                opened.callback(connection.close)
                try:
                    self._read(connection, cookie, SCREEN_SECONDS * rng.uniform(0.5, 1.5))
                except (HTTPException, ConnectionError) as problem:
                    self._note("failures", problem)

    def _read(self, connection: HTTPConnection, cookie: str, seconds: float) -> None:
        connection.request("GET", "/live/", headers={"Cookie": cookie})
        answer = connection.getresponse()
        if answer.status != 200:
            raise HTTPException(f"/live/: {answer.status}")
        self._note("screens")
        ends = threading.Event()
        timer = threading.Timer(seconds, ends.set)
        timer.daemon = True
        timer.start()
        while not self._closing.is_set() and not ends.is_set() and answer.read1(65536):
            pass
        timer.cancel()
        with suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)
