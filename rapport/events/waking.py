"""The bus that wakes whoever waits: a nudge after each commit, and small messages that never touch the database file.

With SQLite every listening process owns a datagram socket in a run folder; with PostgreSQL the bus is LISTEN/NOTIFY.
Neither promises delivery: a listener that must not miss anything polls as well, seldom.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import logging
import os
import secrets
import select
import socket
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from django.conf import settings
from django.db import connection, transaction

from rapport.rows import preparing

log = logging.getLogger(__name__)

CHANNEL = "rapport"
WAKE = "wake"
MAX_BYTES = 4000
# A Unix socket's path must fit into 108 bytes, the socket's own name included.
MAX_FOLDER_BYTES = 80
RECONNECT_SECONDS = 1.0
MESSAGE_PATIENCE_SECONDS = 0.25


def wake() -> None:
    """Nudge every listening process now. Costs a datagram each (SQLite) or one statement (PostgreSQL); never raises."""
    _send(b"")


def wake_after_commit() -> None:
    """Nudge once the current transaction has committed, once however often this is called in it."""
    if any(entry[1] is wake for entry in connection.run_on_commit):
        return
    transaction.on_commit(wake)


def publish(topic: str, payload: dict[str, Any]) -> None:
    """Tell every listening process `payload` under `topic`, now. Raises ValueError when it is too big for the bus."""
    data = json.dumps({**payload, "topic": topic}, separators=(",", ":")).encode()
    if len(data) > MAX_BYTES:
        raise ValueError(f"A message on the bus has at most {MAX_BYTES} bytes, not {len(data)}.")
    _send(data)


class Listener:
    """One process's ear on the bus. Use as a context manager; a listener belongs to the thread that waits on it."""

    def __init__(self) -> None:
        self._ear: _Ear = _NotifyEar() if connection.vendor == "postgresql" else _SocketEar()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def wait(self, timeout: float) -> list[dict[str, Any]]:
        """The messages heard, after the first of them or `timeout` seconds; empty when nothing was said.

        A nudge is `{"topic": "wake"}` and stands once in the list. A damaged message is dropped.
        """
        return _read_messages(self._ear.hear(timeout))

    def fileno(self) -> int:
        """Readable when something can be heard; changes when a lost connection is opened again."""
        return self._ear.fileno()

    def close(self) -> None:
        """Stop listening; safe to call twice."""
        self._ear.close()


class _Ear(Protocol):
    def hear(self, timeout: float) -> list[bytes]: ...
    def fileno(self) -> int: ...
    def close(self) -> None: ...


class _SocketEar:
    """A datagram socket in the run folder, named after its process."""

    def __init__(self) -> None:
        self._path = run_folder() / f"{os.getpid()}-{secrets.token_hex(4)}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(str(self._path))
        self._owner = os.getpid()

    def hear(self, timeout: float) -> list[bytes]:
        if not select.select([self._socket], [], [], max(0.0, timeout))[0]:
            return []
        heard: list[bytes] = []
        with contextlib.suppress(BlockingIOError):
            while len(heard) < 1000:
                heard.append(self._socket.recv(MAX_BYTES + 1))
        return heard

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()
        # A forked child inherits this object and must not take its parent's ear away.
        if os.getpid() == self._owner:
            self._path.unlink(missing_ok=True)


class _NotifyEar:
    """A connection of its own that listens; when it breaks it is opened again and counts as a nudge."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._connect()

    def hear(self, timeout: float) -> list[bytes]:
        import psycopg

        try:
            if self._connection is None:
                self._connect()
                return [b""]
            heard = [note.payload.encode() for note in self._connection.notifies(timeout=timeout, stop_after=1)]
            if heard:
                heard += [note.payload.encode() for note in self._connection.notifies(timeout=0)]
        except psycopg.OperationalError as error:
            log.warning("The bus lost its connection to PostgreSQL and tries again: %s", error)
            self.close()
            time.sleep(min(RECONNECT_SECONDS, timeout))
            return []
        return heard

    def fileno(self) -> int:
        return -1 if self._connection is None else int(self._connection.fileno())

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> None:
        import psycopg
        from psycopg import sql

        parameters = connection.get_connection_params()
        kept = {name: parameters[name] for name in parameters if name not in ("cursor_factory", "context")}
        self._connection = psycopg.connect(**kept, autocommit=True)
        self._connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))


def run_folder() -> Path:
    """The folder of the listeners' sockets: in the data folder, or in the temporary one when that path is too long."""
    home = Path(settings.ENVIRONMENT.home)
    folder = home / "run"
    if len(os.fsencode(folder)) > MAX_FOLDER_BYTES:
        name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"rapport-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"The folder {folder} belongs to somebody else; remove it.")
    return folder


def _send(data: bytes) -> None:
    """Hand `data` to every ear. Waking is a help, not a promise, so a failure is logged and never raised."""
    try:
        if connection.vendor == "postgresql":
            preparing.told(connection, "SELECT pg_notify(%s, %s)", [CHANNEL, data.decode()])
        else:
            _send_datagrams(data)
    except Exception:
        log.exception("The waiting processes could not be woken")


def _send_datagrams(data: bytes) -> None:
    for path in run_folder().iterdir():
        try:
            _send_datagram(data, path)
        except (BlockingIOError, TimeoutError):
            continue
        except OSError as error:
            # Nobody holds this socket any more: its process was killed.
            if error.errno in (errno.ECONNREFUSED, errno.ENOTSOCK):
                path.unlink(missing_ok=True)
            elif error.errno not in (errno.ENOENT, errno.ENOBUFS):
                raise


def _send_datagram(data: bytes, path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        # The queue of a busy listener (ten datagrams on Linux) is full of nudges: one more says nothing new, a message
        # does and waits for a place.
        sender.settimeout(MESSAGE_PATIENCE_SECONDS if data else 0.0)
        sender.connect(str(path))
        sender.send(data)


def _read_messages(heard: list[bytes]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [{"topic": WAKE}] if b"" in heard else []
    for data in heard:
        if data:
            with contextlib.suppress(ValueError):
                message = json.loads(data)
                if isinstance(message, dict) and isinstance(message.get("topic"), str):
                    messages.append(message)
    return messages
