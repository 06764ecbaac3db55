"""An installation with one inbox and a mail door, and its tables as they are, whatever its processes do."""

from __future__ import annotations

import re
import sqlite3
from email import message_from_bytes
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench.corpus import SHOP
from tests.servers.dovecot import Dovecot
from tests.servers.ports import answers, free_port, wait_until
from tests.servers.product import Product

TOKEN = re.compile(r"\btk[0-9a-f]{14}\b")
_INBOX = f"""
from rapport.channels.models import Inbox
from rapport.people.models import Team
team = Team.objects.create(name="Sales")
Inbox.objects.create(name="Shop", address="{SHOP}", team=team, settings={{"transport": "folder"}})
"""

_MAILBOX = """
from rapport.channels.models import Inbox
from rapport.channels.secrets import write_secrets
from rapport.people.models import Team
imap = {{"host": "127.0.0.1", "port": {port}, "security": "none", "user": "{user}", "auth": "password",
         "folders": ["INBOX"], "start": "all", "after": "leave"}}
settings = {{"transport": "folder", "imap": imap}}
inbox = Inbox.objects.create(name="Mailbox", address="{user}", team=Team.objects.get(), settings=settings)
write_secrets(inbox, {{"imap_password": "{password}"}})
"""

AGENT = "agent@florist.example"
_AGENT = """
from rapport.people.models import Account, Membership, Team
from rapport.people.roles import role
account = Account.objects.create(email="{email}", name="Agent", role=role("{role}"))
Membership.objects.create(account=account, team=Team.objects.get())
"""


def prepare(folder: Path, **settings: str) -> Product:
    """Migrated, with the inbox of the corpus, not started. Raises RuntimeError."""
    product = Product.new(folder, tables=True, RAPPORT_MAIL_DOOR=f"lmtp://127.0.0.1:{free_port()}", **settings)
    product.python(_INBOX)
    return product


def connect_mailbox(product: Product, dovecot: Dovecot) -> None:
    """Let it also read the one mailbox of this mail server, from its first mail on."""
    [(user, password)] = dovecot.users.items()
    product.python(_MAILBOX.format(port=dovecot.imap_port, user=user, password=password))


def add_agent(product: Product, *, role: str = "agent") -> None:
    """Somebody of the one team, AGENT."""
    product.python(_AGENT.format(email=AGENT, role=role))


def start(product: Product) -> None:
    """Start it and wait until its mail door answers."""
    product.start()
    wait_until(lambda: answers(door_port(product)), seconds=30, what="the mail door answering")


def door_port(product: Product) -> int:
    """Where its mail door listens."""
    return urlsplit(product.settings["RAPPORT_MAIL_DOOR"]).port or 0


def rows(product: Product, statement: str) -> list[tuple[Any, ...]]:
    """What a query finds in the installation's database, read from outside the product."""
    url = product.settings.get("RAPPORT_DATABASE_URL")
    if url:
        with psycopg.connect(url) as server:
            return server.execute(statement.encode()).fetchall()
    connection = sqlite3.connect(product.home / "rapport.sqlite3", timeout=20)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def tokens_in(product: Product, digest: str) -> set[str]:
    """The tokens in a stored raw mail. Raises FileNotFoundError, or ValueError when its bytes are not what they were."""
    raw = (product.home / "files" / digest[:2] / digest).read_bytes()
    if sha256(raw).hexdigest() != digest:
        raise ValueError(f"the stored mail {digest} is not what its name says")
    parts = [part.get_payload(decode=True) for part in message_from_bytes(raw).walk() if not part.is_multipart()]
    return {token for part in parts if isinstance(part, bytes) for token in TOKEN.findall(part.decode("latin1"))}


def waiting(product: Product) -> int:
    """How many arrivals are stored and not yet processed."""
    return int(rows(product, "SELECT count(*) FROM intake_rawmessage WHERE state = 'accepted'")[0][0])


def wait_until_processed(product: Product, *, seconds: float, arrivals: int = 0) -> None:
    """Wait until so many mails have arrived and none waits. Raises TimeoutError."""

    def is_done() -> bool:
        return waiting(product) == 0 and rows(product, "SELECT count(*) FROM intake_rawmessage")[0][0] >= arrivals

    wait_until(is_done, seconds=seconds, what="the last arrival being processed", pause=0.2)


def wait_until_reacted(product: Product, *, seconds: float) -> None:
    """Wait until what happened has had its consequences, acknowledgements among them. Raises TimeoutError."""
    open_events = "SELECT count(*) FROM events_event WHERE NOT handled"
    wait_until(lambda: rows(product, open_events) == [(0,)], seconds=seconds, what="every reaction", pause=0.2)
