"""Cursors for kept statements. PostgreSQL plans such a statement once a connection, not each time it is asked; and
Django's way of marking places is translated once for each of the two databases, not each time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import count
from typing import Any

_PLACE = re.compile("%[%s]")


def fetched(database: Any, sql: str, given: Iterable[Any]) -> list[Any]:
    """Execute a kept statement; the rows it found or returned.

    On SQLite straight by the driver, unless somebody looks on: a cursor of Django's costs as much as a small statement.
    """
    if database.vendor == "sqlite" and not (database.execute_wrappers or database.queries_logged):
        database.ensure_connection()
        database.validate_thread_sharing()
        database.validate_no_broken_transaction()
        with database.wrap_database_errors:
            found: list[Any] = database.connection.execute(_as_sqlite_reads(sql), list(given)).fetchall()
            return found
    with cursor(database) as opened:
        opened.execute(sql, values(database, given))
        return list(opened.fetchall()) if opened.description else []


@cache
def _as_sqlite_reads(query: str) -> str:
    """The number of kept statements is small, so that all their translations are remembered."""
    return _PLACE.sub(lambda found: "%" if found[0] == "%%" else "?", query)


def cursor(database: Any) -> Any:
    """A cursor of Django's, hooks and all, that keeps what it executes. Read what it found before the next one."""
    if database.vendor == "postgresql":
        return database.keeping_cursor()
    return database.cursor()


def values(database: Any, given: Iterable[Any]) -> list[Any]:
    """As such a cursor takes them. On PostgreSQL whole numbers of one type: else small and large ones were statements
    of their own."""
    if database.vendor != "postgresql":
        return list(given)
    number = _number()
    return [number(value) if type(value) is int else value for value in given]


def numbered(query: str) -> str:
    """A statement with its places as PostgreSQL counts them, and its per cents as they stand."""
    places = count(1)
    return _PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(places)}", query)


@cache
def _number() -> Any:
    # Late, for who runs on SQLite pays for no psycopg.
    from psycopg.types.numeric import Int8

    return Int8
