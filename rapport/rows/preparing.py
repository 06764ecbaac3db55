"""Cursors for kept statements. PostgreSQL plans such a statement once a connection, not each time it is asked; and
Django's way of marking places is translated once for each of the two databases, not each time."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from functools import cache
from itertools import count
from typing import Any


def cursor(database: Any) -> Any:
    """A cursor of Django's, hooks and all, that keeps what it executes. Read what it found before the next one."""
    if database.vendor == "postgresql":
        return database.keeping_cursor()
    opened = database.cursor()
    opened.cursor = database.connection.cursor(factory=_translating())
    return opened


def values(database: Any, given: Iterable[Any]) -> list[Any]:
    """As such a cursor takes them. On PostgreSQL whole numbers of one type: else small and large ones were statements
    of their own."""
    if database.vendor != "postgresql":
        return list(given)
    number = _number()
    return [number(value) if type(value) is int else value for value in given]


_PLACE = re.compile("%[%s]")


def numbered(query: str) -> str:
    """A statement with its places as PostgreSQL counts them, and its per cents as they stand."""
    places = count(1)
    return _PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(places)}", query)


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
    # Late, for who runs on SQLite pays for no psycopg.
    from psycopg.types.numeric import Int8

    return Int8
