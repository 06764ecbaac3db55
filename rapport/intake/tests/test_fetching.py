"""Fetching: threads, leases and cursors, with a real Dovecot and a scripted server."""

from __future__ import annotations

import dataclasses
import ipaddress
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from rapport.channels import reading
from rapport.channels.models import Cursor, Inbox
from rapport.channels.secrets import write_secrets
from rapport.intake import fetching
from rapport.intake.fetching import Pace
from rapport.intake.models import RawMessage
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import SHOP, SHOP_PASSWORD
from tests.servers.ports import wait_until
from tests.servers.scripted_imap import ScriptedImap
from tests.servers.scripting import Hang

pytestmark = pytest.mark.django_db(transaction=True)
FAST = Pace(look=0.1, wait=0.5, renew=0.3, count=0.3, first_retry=0.1, last_retry=0.2, last_hopeless=0.2)


@pytest.fixture(autouse=True)
def open_loopback(monkeypatch: pytest.MonkeyPatch):
    nets = (ipaddress.ip_network("127.0.0.0/8"),)
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, allow_nets=nets))


def mail(number: int) -> bytes:
    return f"From: carla@example.org\r\nSubject: Mail {number}\r\n\r\nBody {number}\r\n".encode()


def an_inbox(port: int, *, address: str = SHOP, password: str = SHOP_PASSWORD, **imap: Any) -> Inbox:
    imap = {"host": "127.0.0.1", "port": port, "security": "none", "user": SHOP, "start": "all"} | imap
    inbox = Inbox.objects.create(name=address, address=address, settings={"imap": imap, "timeout_seconds": 1.0})
    write_secrets(inbox, {"imap_password": password})
    return inbox


@contextmanager
def fetching_runs(pace: Pace = FAST) -> Iterator[threading.Event]:
    """The loops run in a thread, as in the worker, and must end in time."""
    stopping = threading.Event()

    def run() -> None:
        try:
            fetching.run_loops(stopping, pace)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield stopping
    finally:
        stopping.set()
        thread.join(5)
        assert not thread.is_alive()
        wait_until(lambda: not any(one.name.startswith("fetch-") for one in threading.enumerate()), what="threads")


def stored(inbox: Inbox) -> int:
    return RawMessage.objects.filter(inbox=inbox).count()


def holds(condition: Callable[[], bool], what: str = "the condition") -> None:
    wait_until(condition, seconds=20, what=what)


def test_mail_is_fetched_as_it_comes_and_the_cursor_tells_the_truth(dovecot: Dovecot):
    dovecot.deliver(SHOP, mail(1))
    inbox = an_inbox(dovecot.imap_port)
    with fetching_runs():
        holds(lambda: stored(inbox) == 1)
        dovecot.deliver(SHOP, mail(2))
        holds(lambda: stored(inbox) == 2)
        holds(lambda: Cursor.objects.get(inbox=inbox).stored_count == 2)
    cursor = Cursor.objects.get(inbox=inbox)
    assert (cursor.server_count, cursor.last_error, cursor.leased_by) == (2, "", "")
    assert cursor.last_success_at
    assert cursor.last_message_at
