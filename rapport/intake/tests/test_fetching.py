"""Fetching: threads, leases and cursors, with a real Dovecot and a scripted server."""

from __future__ import annotations

import dataclasses
import ipaddress
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from rapport.channels import reading
from rapport.channels.connecting import transport_settings
from rapport.channels.models import Cursor, Inbox
from rapport.channels.registry import adapter_for
from rapport.channels.secrets import write_secrets
from rapport.intake import accepting, fetching
from rapport.intake.fetching import Pace
from rapport.intake.models import RawMessage
from rapport.kit import clock, owning
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import SHOP, SHOP_PASSWORD
from tests.servers.oauth import OAuthProvider
from tests.servers.ports import free_port, wait_until
from tests.servers.scripted_imap import ScriptedImap
from tests.servers.scripting import Hang

pytestmark = pytest.mark.django_db(transaction=True)
FAST = Pace(look=0.1, wait=0.5, renew=0.3, count=0.3, first_retry=0.1, last_retry=0.2, last_hopeless=0.2)


@pytest.fixture(autouse=True)
def open_loopback(monkeypatch: pytest.MonkeyPatch):
    nets = (ipaddress.ip_network("127.0.0.0/8"),)
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, allow_nets=nets))


@pytest.fixture
def scripted() -> Iterator[ScriptedImap]:
    server = ScriptedImap()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def silent() -> Iterator[ScriptedImap]:
    server = ScriptedImap()
    server.at("GREETING", Hang(), times=None)
    server.start()
    yield server
    server.stop()


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


def has_stored(inbox: Inbox, count: int) -> bool:
    return stored(inbox) == count


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


def test_what_was_there_before_is_history_and_what_comes_is_not(dovecot: Dovecot):
    dovecot.deliver(SHOP, mail(1))
    inbox = an_inbox(dovecot.imap_port)
    with fetching_runs():
        holds(lambda: stored(inbox) == 1)
        dovecot.deliver(SHOP, mail(2))
        holds(lambda: stored(inbox) == 2)
    rows = RawMessage.objects.order_by("pk")
    assert [row.historic for row in rows] == [True, False]
    assert [row.source_key for row in rows] == [f"INBOX:{dovecot.uidvalidity(SHOP)}:{uid}" for uid in (1, 2)]


def test_a_second_run_stores_nothing_again(scripted: ScriptedImap):
    scripted.add(mail(1))
    inbox = an_inbox(scripted.port)
    for _ in range(2):
        with fetching_runs():
            holds(lambda: bool(Cursor.objects.filter(inbox=inbox, last_success_at__isnull=False)))
        Cursor.objects.filter(inbox=inbox).update(position={}, last_success_at=None)
    assert stored(inbox) == 1


def test_every_folder_has_its_own_cursor(scripted: ScriptedImap):
    scripted.add(mail(1))
    scripted.add(mail(2), folder="Orders")
    inbox = an_inbox(scripted.port, folders=["INBOX", "Orders"])
    with fetching_runs():
        holds(lambda: stored(inbox) == 2)
    assert set(Cursor.objects.values_list("part", flat=True)) == {"INBOX", "Orders"}


def test_a_dead_and_a_silent_server_delay_no_other_inbox(scripted: ScriptedImap, silent: ScriptedImap):
    dead = an_inbox(free_port(), address="dead@example.org")
    mute = an_inbox(silent.port, address="mute@example.org")
    scripted.add(mail(1))
    inbox = an_inbox(scripted.port)
    with fetching_runs():
        holds(lambda: stored(inbox) == 1)
        holds(lambda: Cursor.objects.filter(failing_since__isnull=False).count() == 2)
    assert "refused the connection" in Cursor.objects.get(inbox=dead).last_error
    assert "in time" in Cursor.objects.get(inbox=mute).last_error
    assert Cursor.objects.get(inbox=dead).next_try_at


def test_fetching_goes_on_by_itself_when_the_server_is_back(scripted: ScriptedImap):
    scripted.stop()
    inbox = an_inbox(scripted.port)
    with fetching_runs():
        holds(lambda: bool(Cursor.objects.filter(inbox=inbox, failing_since__isnull=False)))
        scripted.add(mail(1))
        scripted.start()
        holds(lambda: stored(inbox) == 1)
        holds(lambda: Cursor.objects.get(inbox=inbox).failing_since is None)
    cursor = Cursor.objects.get(inbox=inbox)
    assert (cursor.last_error, cursor.next_try_at) == ("", None)


def test_a_lost_line_is_opened_again(scripted: ScriptedImap):
    inbox = an_inbox(scripted.port)
    with fetching_runs():
        for number in range(3):
            holds(lambda: bool(scripted._open))
            scripted.drop_all()
            scripted.add(mail(number))
            holds(partial(has_stored, inbox, number + 1))


def test_a_disk_that_is_full_loses_no_mail(scripted: ScriptedImap, monkeypatch: pytest.MonkeyPatch):
    scripted.add(mail(time.time_ns()))  # bytes that no other test has stored
    inbox = an_inbox(scripted.port)
    with fetching_runs():
        with monkeypatch.context() as patch:
            patch.setattr("rapport.files.storing.write_durably", no_space)
            holds(lambda: bool(Cursor.objects.filter(inbox=inbox, failing_since__isnull=False)))
            assert stored(inbox) == 0
            assert "No space left" in Cursor.objects.get(inbox=inbox).last_error
        holds(lambda: stored(inbox) == 1)


def test_the_cursor_stays_behind_a_mail_that_could_not_be_stored(scripted: ScriptedImap, monkeypatch: Any):
    for number in range(3):
        scripted.add(mail(number))
    inbox = an_inbox(scripted.port)
    cursor, reader = session(inbox)
    monkeypatch.setattr(
        fetching, "accept", lambda raw, **rest: no_space() if raw == mail(1) else accepting.accept(raw, **rest)
    )
    with pytest.raises(OSError, match="No space"):
        fetching.take_in(inbox, cursor, reader)
    reader.close()
    assert (stored(inbox), Cursor.objects.get(inbox=inbox).position["last_uid"]) == (1, 1)


def test_new_changed_and_removed_inboxes_are_noticed(scripted: ScriptedImap):
    with fetching_runs():
        inbox = an_inbox(scripted.port, password="wrong")
        scripted.password = SHOP_PASSWORD
        holds(lambda: "wrong" in getattr(Cursor.objects.filter(inbox=inbox).first(), "last_error", ""))
        write_secrets(inbox, {"imap_password": SHOP_PASSWORD})
        scripted.add(mail(1))
        holds(lambda: stored(inbox) == 1)
        Inbox.objects.filter(pk=inbox.pk).update(is_active=False)
        holds(lambda: not scripted._open)
        scripted.add(mail(2))
        Inbox.objects.filter(pk=inbox.pk).update(is_active=True)
        holds(lambda: stored(inbox) == 2)


def test_a_renewed_token_does_not_disturb_the_reader(scripted: ScriptedImap):
    inbox = an_inbox(scripted.port)
    before = fetching.wanted_parts()
    write_secrets(inbox, {"imap_password": SHOP_PASSWORD, "oauth": {"access_token": "new", "expires_at": 1}})
    assert fetching.wanted_parts() == before


def test_an_inbox_without_a_server_is_left_alone():
    Inbox.objects.create(name="Practice", address="p@example.org", settings={"transport": "folder"})
    assert fetching.wanted_parts() == {}


def test_a_second_worker_waits_for_the_lease(scripted: ScriptedImap):
    inbox = an_inbox(scripted.port)
    cursor = reading.lease(inbox, "INBOX", by="elsewhere/1")
    assert cursor
    assert reading.lease(inbox, "INBOX", by="elsewhere/2") is None
    assert reading.renew(cursor)
    Cursor.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    assert reading.lease(inbox, "INBOX", by="elsewhere/2")
    assert not reading.renew(cursor)


def test_the_lease_of_a_dead_process_of_this_machine_is_taken_over_at_once(scripted: ScriptedImap):
    inbox = an_inbox(scripted.port)
    dead = subprocess.Popen(["true"])
    dead.wait()
    assert reading.lease(inbox, "INBOX", by=f"{socket.gethostname()}/{dead.pid}")
    assert reading.lease(inbox, "INBOX", by=owning.this_process())
    assert reading.lease(inbox, "INBOX", by="elsewhere/2") is None


def test_a_reader_that_lost_its_lease_stops_reading(scripted: ScriptedImap):
    inbox = an_inbox(scripted.port)
    with fetching_runs():
        holds(lambda: bool(scripted._open))
        until = clock.now() + timedelta(minutes=1)
        Cursor.objects.filter(inbox=inbox).update(leased_by="elsewhere/1", leased_until=until)
        holds(lambda: not scripted._open)
        scripted.add(mail(1))
    assert stored(inbox) == 0


def test_mail_missing_here_is_found_by_counting_and_read(scripted: ScriptedImap):
    scripted.add(mail(1))
    inbox = an_inbox(scripted.port)
    with fetching_runs():
        holds(lambda: stored(inbox) == 1)
        RawMessage.objects.all().delete()
        holds(lambda: stored(inbox) == 1, "the missing mail being read")


def test_read_mail_moves_only_after_it_is_stored(dovecot: Dovecot):
    dovecot.deliver(SHOP, mail(1))
    inbox = an_inbox(dovecot.imap_port, after="move:Done")
    with fetching_runs():
        holds(lambda: dovecot.uids(SHOP, "Done") == [1])
        assert stored(inbox) == 1
        dovecot.deliver(SHOP, mail(2))
        holds(lambda: len(dovecot.uids(SHOP, "Done")) == 2)
    assert dovecot.uids(SHOP) == []


def test_a_mail_the_server_will_not_give_is_told_on_the_cursor(scripted: ScriptedImap):
    inbox = an_inbox(scripted.port)
    cursor, reader = session(inbox)
    reader.position["trouble"] = {"7": [3, 9e9]}
    reading.note_success(cursor, trouble=fetching._trouble(reader))
    reader.close()
    assert "1 mail(s) on the server cannot be read" in Cursor.objects.get(inbox=inbox).last_error


def test_a_lost_key_is_told_on_the_cursor(scripted: ScriptedImap):
    inbox = an_inbox(scripted.port)
    Inbox.objects.update(secrets_encrypted="e1.gone.AAAA")
    with fetching_runs():
        holds(lambda: "gone" in getattr(Cursor.objects.filter(inbox=inbox).first(), "last_error", ""))
    assert scripted.connections == 0


def test_the_pauses_grow_and_stay_below_a_minute():
    pace = Pace()
    assert 4 <= pace.pause(1) <= 5
    assert 44 <= pace.pause(100) <= 55
    assert 240 <= pace.pause(100, hopeless=True) <= 300


def test_a_token_about_to_end_is_renewed_before_the_login(make_dovecot: Any, oauth_provider: OAuthProvider):
    dovecot = make_dovecot(introspection_url=oauth_provider.introspection_url)
    dovecot.deliver(SHOP, mail(1))
    inbox = an_inbox(dovecot.imap_port, auth="xoauth2")
    inbox.settings |= {"oauth": {"client_id": "rapport", "token_url": oauth_provider.token_url, "scope": "mail"}}
    inbox.save()
    tokens = oauth_provider.issue() | {"client_secret": "client-secret", "expires_at": clock.now().timestamp() + 200}
    write_secrets(inbox, {"oauth": tokens})
    oauth_provider.expire_access_tokens()
    with fetching_runs():
        holds(lambda: stored(inbox) == 1)


def session(inbox: Inbox) -> tuple[Cursor, Any]:
    """A lease and a session, without threads."""
    cursor = reading.lease(inbox, "INBOX", by=owning.this_process())
    assert cursor
    options = transport_settings(inbox)
    adapter = adapter_for(inbox.kind)
    return cursor, adapter.open_reader(options, "INBOX", position=cursor.position, check=lambda: None)


def no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")
