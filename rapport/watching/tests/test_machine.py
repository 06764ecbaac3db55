"""The disk of the data folder and the port of the mail door."""

from __future__ import annotations

import dataclasses
import shutil
import socket

import pytest
from django.conf import settings

from rapport.config.values import MailDoor
from rapport.kit import clock
from rapport.watching import machine
from tests.servers.ports import free_port
from tests.servers.smtp_sink import SmtpSink

GIB = 2**30


@pytest.mark.parametrize(
    ("total", "free", "found"),
    [
        (100 * GIB, 50 * GIB, []),
        (100 * GIB, 9 * GIB, ["disk_filling"]),
        (4000 * GIB, 200 * GIB, []),
        (100 * GIB, GIB // 20, ["disk_full"]),
    ],
)
def test_a_disk_is_told_when_it_fills(monkeypatch, total, free, found):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(total, total - free, free))
    assert [str(trouble.kind) for trouble in machine.look_at_disk(clock.now())] == found


def door(monkeypatch: pytest.MonkeyPatch, port: int) -> list[str]:
    mail_door = MailDoor("smtp", "127.0.0.1", port)
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, mail_door=mail_door))
    return [str(trouble.kind) for trouble in machine.look_at_door(clock.now())]


def test_a_mail_door_that_greets_is_open(monkeypatch, smtp_sink: SmtpSink):
    assert door(monkeypatch, smtp_sink.port) == []


def test_a_mail_door_without_a_listener_is_closed(monkeypatch):
    assert door(monkeypatch, free_port()) == ["door_closed"]


def test_a_mail_door_whose_port_another_program_holds_is_closed(monkeypatch):
    monkeypatch.setattr(machine, "_DOOR_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert door(monkeypatch, other.getsockname()[1]) == ["door_closed"]


def test_without_a_mail_door_there_is_nothing_to_look_at():
    assert list(machine.look_at_door(clock.now())) == []
