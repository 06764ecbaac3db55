"""Counting the steps of an act (statements, commits, files, network) and breaking the N-th; inside the forked process."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, Literal

Mode = Literal["count", "raise", "stay", "kill"]

# What Python tells its audit hooks; a hook that raises stops what was about to happen.
_FILE_EVENTS = {"open", "os.rename", "os.mkdir", "os.remove", "os.truncate", "os.link"}
_SENDING_EVENTS = {"socket.connect", "socket.sendto"}


class Steps:
    """`raise` fails the step `at` once, `stay` fails it and all after it (a full disk), `kill` is kill -9 before it."""

    def __init__(self, mode: Mode, at: int, home: str) -> None:
        self.mode, self.at, self.home = mode, at, home
        self.names: list[str] = []

    def install(self) -> None:
        """Watch from now on, for as long as this process lives."""
        from django.db import connection

        connection.execute_wrappers.append(self._statement)
        wrapper: Any = connection
        wrapper._commit = self._before(wrapper._commit, "COMMIT")
        os.fsync = self._before(os.fsync, "fsync")
        socket.socket.sendall = self._before(socket.socket.sendall, "send")  # type: ignore[method-assign]
        socket.socket.recv_into = self._before(socket.socket.recv_into, "receive")  # type: ignore[method-assign]
        sys.addaudithook(self._audit)

    def passes(self, name: str) -> None:
        """One step is about to be taken; raises, or kills this process, when its turn has come."""
        self.names.append(name)
        number = len(self.names)
        if self.mode == "count" or number < self.at or (number > self.at and self.mode != "stay"):
            return
        if self.mode == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise _failure(name)

    def _statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        words = str(sql).split(None, 3)
        self.passes(" ".join(words[:3] if words[0].upper() in ("INSERT", "DELETE") else words[:2])[:60])
        return execute(sql, params, many, context)

    def _before(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        def stepping(*arguments: Any, **named: Any) -> Any:
            self.passes(name)
            return function(*arguments, **named)

        return stepping

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _SENDING_EVENTS or (event in _FILE_EVENTS and str(arguments[0]).startswith(self.home)):
            self.passes(event)


def changes_nothing(name: str) -> bool:
    """Whether dying before this step leaves what dying before the next one leaves."""
    return name.startswith(("SELECT", "BEGIN", "SAVEPOINT", "RELEASE"))


def _failure(name: str) -> Exception:
    from django.db import OperationalError

    if name in ("send", "receive") or name in _SENDING_EVENTS:
        return ConnectionResetError(104, "broken on purpose")
    if name == "fsync" or name in _FILE_EVENTS:
        return OSError(28, "broken on purpose: no space left on device")
    return OperationalError("broken on purpose")
