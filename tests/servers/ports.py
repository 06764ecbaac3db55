"""Free ports and waiting for a server to answer, on 127.0.0.1."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
import time
from collections.abc import Callable
from functools import cache
from io import FileIO
from pathlib import Path

LOOPBACK = "127.0.0.1"


# Below the range from which the system gives ports to clients, so that no connection takes one between asking and binding.
_RANGE = range(10_000, 32_000)
_chance = random.SystemRandom()
_given: set[int] = set()


def free_port() -> int:
    """A port nobody listens on now, given to nobody else while this process lives; the caller binds it soon."""
    while True:
        port = _chance.choice(_RANGE)
        if port in _given or not _is_ours(port):
            continue
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        _given.add(port)
        return port


def _is_ours(port: int) -> bool:
    """Take a port from all processes of the tests on this machine, by the lock on a byte of one file."""
    try:
        fcntl.lockf(_claims(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


@cache
def _claims() -> FileIO:
    """Opened once and never closed: closing it would give back every lock of this process."""
    return FileIO(Path(tempfile.gettempdir()) / f"rapport-test-ports-{os.getuid()}", "a")


def answers(port: int) -> bool:
    """Whether something accepts connections at the port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=0.5):
            return True
    except OSError:
        return False


def wait_until(
    condition: Callable[[], bool], *, seconds: float = 10.0, what: str = "the condition", pause: float = 0.02
) -> None:
    """Poll until the condition holds. Raises TimeoutError that names what was waited for."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(pause)
