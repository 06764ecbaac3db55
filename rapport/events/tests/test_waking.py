"""Who waits is woken at once, in this process and in others, on both databases."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection, transaction

from rapport.events import recording, waking

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = 30.0  # far above what a test may take: who is woken by the clock fails the assertion on time

LISTEN = """
import django, sys
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from rapport.events import waking
with waking.Listener() as listener:
    print("ready", flush=True)
    print(listener.wait(30.0), flush=True)
"""


@pytest.fixture
def other_process():
    """A listener in a process of its own, listening already."""
    command = [sys.executable, "-c", LISTEN, str(connection.settings_dict["NAME"])]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "rapport.config.settings"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.wait()


def test_a_process_that_waits_hears_an_event_long_before_it_would_look_itself(other_process):
    began = time.monotonic()
    recording.record("test.happened")
    assert other_process.stdout.readline() == "[{'topic': 'wake'}]\n"
    assert time.monotonic() - began < WAIT / 3


def test_nobody_is_woken_before_the_transaction_has_committed():
    with waking.Listener() as listener:
        with transaction.atomic():
            recording.record("test.happened")
            assert listener.wait(0.05) == []
        assert listener.wait(WAIT) == [{"topic": "wake"}]


def test_a_transaction_that_is_undone_wakes_nobody():
    with waking.Listener() as listener:
        with pytest.raises(ValueError), transaction.atomic():
            recording.record("test.happened")
            raise ValueError
        assert listener.wait(0.05) == []


def test_many_events_of_one_transaction_are_one_nudge():
    with waking.Listener() as listener:
        with transaction.atomic():
            for _ in range(5):
                recording.record("test.happened")
            assert sum(entry[1] is waking.wake for entry in connection.run_on_commit) == 1
        assert listener.wait(WAIT) == [{"topic": "wake"}]


def test_a_message_reaches_every_listener():
    with waking.Listener() as one, waking.Listener() as other:
        waking.publish("presence", {"account": 7})
        assert one.wait(WAIT) == other.wait(WAIT) == [{"account": 7, "topic": "presence"}]


def test_a_message_too_big_for_the_bus_is_refused():
    with pytest.raises(ValueError):
        waking.publish("presence", {"name": "x" * waking.MAX_BYTES})


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="this run is not on SQLite")
class TestSockets:
    """What is particular to the datagram sockets."""

    def test_the_socket_of_a_killed_process_is_removed(self):
        path = waking.run_folder() / "999999-dead"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
            dead.bind(str(path))
        waking.wake()
        assert not path.exists()

    def test_a_listener_that_does_not_listen_keeps_nobody_waiting(self):
        with waking.Listener() as listener:
            for _ in range(2000):
                waking.wake()
            assert listener.wait(WAIT) == [{"topic": "wake"}]

    def test_a_message_waits_for_a_place_among_the_nudges_of_a_busy_listener(self, monkeypatch):
        monkeypatch.setattr(waking, "MESSAGE_PATIENCE_SECONDS", WAIT)
        with waking.Listener() as listener:
            for _ in range(2000):
                waking.wake()
            sender = threading.Thread(target=waking.publish, args=("presence", {"account": 7}))
            sender.start()
            sender.join(0.1)
            heard = [message for _ in range(3) for message in listener.wait(1.0)]
            sender.join()
            assert {"account": 7, "topic": "presence"} in heard

    def test_a_long_path_of_the_data_folder_is_no_obstacle(self, tmp_path, monkeypatch):
        home = tmp_path / ("long" * 40)
        monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, home=home))
        with waking.Listener() as listener:
            waking.wake()
            assert listener.wait(WAIT) == [{"topic": "wake"}]

    def test_strangers_on_this_machine_cannot_reach_the_sockets(self):
        assert waking.run_folder().stat().st_mode & 0o077 == 0

    def test_a_damaged_message_is_dropped(self):
        with waking.Listener() as listener:
            for data in (b"{", b"[]", b'{"topic": 1}', b"\xff"):
                waking._send_datagrams(data)
            waking.wake()
            assert listener.wait(WAIT) == [{"topic": "wake"}]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="this run is not on PostgreSQL")
class TestNotifications:
    """What is particular to LISTEN/NOTIFY."""

    def test_a_listener_whose_connection_was_cut_comes_back_and_counts_as_woken(self):
        with waking.Listener() as listener:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                )
            heard = [message for _ in range(5) for message in listener.wait(2.0)]
            assert {"topic": "wake"} in heard
            waking.publish("presence", {"account": 7})
            assert listener.wait(WAIT) == [{"account": 7, "topic": "presence"}]
