"""Several pieces of work in one transaction, and whose turn it is to write meanwhile.

A transaction that others have to wait for ends soon, and sooner where somebody waits. SQLite lets one connection write at
a time and tells nobody that others wait. So who waits for the write lock says so, by a shared lock on a file beside the database
(`rows.sqlite.base`), and who would hold it for longer than a moment looks at that now and then. On PostgreSQL nobody waits
for a whole database.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

# Seconds after which no further piece is begun: who waits for the locks waits so long and for one piece.
LONGEST = 0.05
# On PostgreSQL such a transaction gives up before anybody else does: it holds several rows in the order of its work, and
# whoever holds one of them and waits for another (a merge, a second worker) must not be the one that a deadlock ends.
_PATIENCE = "SET LOCAL lock_timeout = '100ms'"
# SQLite looks again after 1, 2, 5, 10, 15, 20, 25, 25 … ms: whoever waits gets in within these seconds.
_WAY = 0.03
_GLANCE = 0.001
_hurries: ContextVar[bool] = ContextVar("hurries", default=True)


class Turn:
    """One such transaction: how many pieces of work it has `done`."""

    def __init__(self) -> None:
        self.done = 0
        self._ends_at = time.monotonic() + LONGEST

    def is_over(self) -> bool:
        """Whether others come first now: it took its time, or somebody waits to write."""
        return time.monotonic() > self._ends_at or somebody_waits()


@contextmanager
def shared() -> Iterator[Turn]:
    """One transaction for several pieces of work. What raises undoes them all; then each is done alone.

    It waits for its own turn without hurrying anybody: of two that work off what waits, each keeps its pace.
    """
    with ExitStack() as ending:
        token = _hurries.set(False)
        try:
            ending.enter_context(transaction.atomic())
        finally:
            _hurries.reset(token)
        database = connections[DEFAULT_DB_ALIAS]
        if database.vendor == "postgresql":
            with database.cursor() as cursor:
                cursor.execute(_PATIENCE)
        yield Turn()
    make_way()


def somebody_waits() -> bool:
    """Whether another connection, of this process or another, waits to write. Costs two system calls."""
    waiting = _file_of(connections[DEFAULT_DB_ALIAS])
    if waiting is None:
        return False
    try:
        fcntl.flock(waiting, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(waiting, fcntl.LOCK_UN)
    return False


def make_way() -> None:
    """After a commit: let those in who waited, for a moment at most."""
    end = time.monotonic() + _WAY
    while somebody_waits() and time.monotonic() < end:
        time.sleep(_GLANCE)


@contextmanager
def waiting(database: Any) -> Iterator[None]:
    """Say within it that this connection waits to write."""
    file = _file_of(database) if _hurries.get() else None
    if file is None:
        yield
        return
    # Somebody who looks holds the file for an instant; then this is not seen, and SQLite's own patience serves.
    with suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _file_of(database: Any) -> int | None:
    """This connection's own handle of the file beside its database; None where there is none to wait for."""
    return database.waiting_file() if database.vendor == "sqlite" else None
