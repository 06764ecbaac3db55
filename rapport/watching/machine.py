"""Looks at the machine: the disk of the data folder, and the port of the mail door."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from rapport.watching.kinds import Kind
from rapport.watching.troubles import Trouble, Watcher

MIB = 1024 * 1024
FILLING_PERCENT = 90
# A tenth of a very large disk is room for years.
PLENTY_BYTES = 20 * 1024 * MIB
FULL_BYTES = 100 * MIB  # or a twentieth of a small disk
_DOOR_SECONDS = 3.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - looked up, not bound


def look_at_disk(now: datetime) -> Iterator[Trouble]:
    """A disk that is nearly or wholly full."""
    usage = shutil.disk_usage(settings.ENVIRONMENT.home)
    percent = round(100 * (usage.total - usage.free) / usage.total)
    facts = {"percent": percent, "free": usage.free // MIB}
    if usage.free < min(FULL_BYTES, usage.total // 20):
        yield Trouble(Kind.DISK_FULL, now, facts=facts)
    elif percent >= FILLING_PERCENT and usage.free < PLENTY_BYTES:
        yield Trouble(Kind.DISK_FILLING, now, facts=facts)


def look_at_door(now: datetime) -> Iterator[Trouble]:
    """A mail door that is set up and takes no connection."""
    door = settings.ENVIRONMENT.mail_door
    if door is None:
        return
    try:
        with socket.create_connection((_ANYWHERE.get(door.host, door.host), door.port), _DOOR_SECONDS) as line:
            line.settimeout(_DOOR_SECONDS)
            if line.recv(200)[:3] == b"220":
                line.sendall(b"QUIT\r\n")
                return
            told = "It does not greet like a mail server."
    except OSError as error:
        told = error.strerror or "No answer in time."
    yield Trouble(Kind.DOOR_CLOSED, now, facts={"address": f"{door.host}:{door.port}", "reason": told})


WATCHERS = [
    Watcher(frozenset({Kind.DISK_FILLING, Kind.DISK_FULL}), look_at_disk),
    Watcher(frozenset({Kind.DOOR_CLOSED}), look_at_door, only_worker=True),
]
