"""The database wrapper that settings name as ENGINE; the file name is Django's."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db.backends.sqlite3 import base
from django.utils.dateparse import parse_datetime

from rapport.rows import turns

# How much of the file a connection keeps in its own memory: eight megabytes, or two.
MANY_PAGES = "PRAGMA cache_size=-8000"
FEW_PAGES = "PRAGMA cache_size=-2000"


def _moment(written: bytes) -> datetime | None:
    """A moment as Django writes it, in UTC and without saying so, with its zone: Django gives it one later only to those
    that have none. A list reads two hundred."""
    text = written.decode()
    try:
        return datetime.fromisoformat(text + "+00:00")
    except ValueError:
        return parse_datetime(text)


sqlite3.register_converter("datetime", _moment)


class DatabaseWrapper(base.DatabaseWrapper):
    """Says that it waits when a transaction begins, so that who holds the lock for long makes way.

    `page_cache`: MANY_PAGES or FEW_PAGES, for each connection that this process opens from now on.
    """

    page_cache = MANY_PAGES
    _waiting_file: int | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.execute(self.page_cache)
        return connection

    def waiting_file(self) -> int | None:
        """A handle of the file by which connections say that they wait, this connection's own; None where there is none."""
        if self._waiting_file is None and not self.is_in_memory_db():
            path = f"{self.settings_dict['NAME']}-waiting"
            with suppress(OSError):  # a full disk, say: it is a help, not a promise
                self._waiting_file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._waiting_file

    def _start_transaction_under_autocommit(self) -> None:
        with turns.waiting(self):
            super()._start_transaction_under_autocommit()  # type: ignore[misc]

    def _close(self) -> None:
        if self._waiting_file is not None:
            os.close(self._waiting_file)
            self._waiting_file = None
        super()._close()  # type: ignore[misc]
