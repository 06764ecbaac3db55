"""Cursors for kept statements. PostgreSQL plans such a statement once a connection, not each time it is asked; for
SQLite Django's way of marking places is translated once, not each time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import cache
from typing import Any

_AFTER = 2  # a statement that is asked once a connection is not worth keeping
_KEPT = 400  # statements a connection


def cursor(database: Any) -> Any:
    """A cursor of Django's, hooks and all, that keeps what it executes."""
    opened = database.cursor()
    if database.vendor == "postgresql":
        connection = database.connection
        connection.prepare_threshold, connection.prepared_max = _AFTER, _KEPT
        opened.cursor = _keeping()(connection)
    else:
        opened.cursor = database.connection.cursor(factory=_translating())
    return opened


def values(database: Any, given: Iterable[Any]) -> list[Any]:
    """As such a cursor takes them. On PostgreSQL whole numbers of one type: else small and large ones were statements
    of their own."""
    if database.vendor != "postgresql":
        return list(given)
    number = _number()
    return [number(value) if type(value) is int else value for value in given]


@cache
def _keeping() -> Any:
    # Late, for who runs on SQLite pays for no psycopg. Django's usual cursor writes values into the text.
    from django.db.backends.postgresql.base import ServerBindingCursor

    return ServerBindingCursor


@cache
def _translating() -> Any:
    from django.db.backends.sqlite3.base import SQLiteCursorWrapper

    class Translating(SQLiteCursorWrapper):
        """The number of kept statements is small, so that all their translations are remembered."""

        known: dict[str, str] = {}

        def execute(self, query: str, params: Any = None) -> Any:
            translated = self.known.get(query)
            if translated is None:
                translated = self.known[query] = self.convert_query(query)
            return sqlite3.Cursor.execute(self, translated, params)

    return Translating


@cache
def _number() -> Any:
    from psycopg.types.numeric import Int8

    return Int8
