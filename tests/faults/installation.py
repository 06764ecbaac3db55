"""An installation with one inbox and a mail door, and its tables as they are, whatever its processes do."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench.corpus import SHOP
from tests.servers.ports import free_port, wait_until
from tests.servers.product import Product

_INBOX = f"""
from rapport.channels.models import Inbox
from rapport.people.models import Team
team = Team.objects.create(name="Sales")
Inbox.objects.create(name="Shop", address="{SHOP}", team=team, settings={{"transport": "folder"}})
"""


def prepare(folder: Path, **settings: str) -> Product:
    """Migrated, with the inbox of the corpus, not started. Raises RuntimeError."""
    product = Product.new(folder, RAPPORT_MAIL_DOOR=f"lmtp://127.0.0.1:{free_port()}", **settings)
    done = product.command("migrate")
    if done.returncode:
        product.remove()
        raise RuntimeError(done.stderr.decode())
    product.python(_INBOX)
    return product


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


def waiting(product: Product) -> int:
    """How many arrivals are stored and not yet processed."""
    return int(rows(product, "SELECT count(*) FROM intake_rawmessage WHERE state = 'accepted'")[0][0])


def wait_until_processed(product: Product, *, seconds: float) -> None:
    """Wait until no arrival waits. Raises TimeoutError."""
    wait_until(lambda: waiting(product) == 0, seconds=seconds, what="the last arrival being processed", pause=0.2)
