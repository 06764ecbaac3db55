"""How kept statements reach the database, past Django's cursors: on SQLite by the driver itself, on PostgreSQL by libpq,
which plans them once a connection and takes several in one round trip."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import count
from typing import Any

from rapport.rows import ahead

_PLACE = re.compile("%[%s]")


def fetched(database: Any, sql: str, given: Iterable[Any]) -> list[Any]:
    """Execute a kept statement; the rows it found or returned.

    By a cursor of Django's only where somebody looks on, for that costs as much as a small statement. On PostgreSQL what is
    expected comes along (see ahead).
    """
    values = list(given)
    if database.execute_wrappers or database.queries_logged:
        with database.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall()) if cursor.description else []
    if database.vendor == "postgresql":
        return ahead.asked(database, sql, values)
    return _by_sqlite(database, sql, values)


def written(database: Any, sql: str, given: Iterable[Any]) -> None:
    """Execute a kept statement of whose rows nobody needs to know. On PostgreSQL without waiting for it: what comes next
    raises its error, at the latest the end of the transaction, or of the part of it that a savepoint makes."""
    if (
        database.vendor != "postgresql"
        or not database.in_atomic_block
        or database.execute_wrappers
        or database.queries_logged
    ):
        fetched(database, sql, given)
    else:
        database.write(sql, list(given))


def told(database: Any, sql: str, given: Iterable[Any]) -> None:
    """Have PostgreSQL do something whose end nobody waits for, after a transaction. Whether it succeeded is not known."""
    if database.in_atomic_block or database.execute_wrappers or database.queries_logged:
        fetched(database, sql, given)
    else:
        database.send([(sql, list(given))])


def numbered(query: str) -> str:
    """A statement with its places as PostgreSQL counts them, and its per cents as they stand."""
    places = count(1)
    return _PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(places)}", query)


def _by_sqlite(database: Any, sql: str, values: list[Any]) -> list[Any]:
    database.ensure_connection()
    database.validate_thread_sharing()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        found: list[Any] = database.connection.execute(_as_sqlite_reads(sql), values).fetchall()
        return found


@cache
def _as_sqlite_reads(query: str) -> str:
    """The number of kept statements is small, so that all their translations are remembered."""
    return _PLACE.sub(lambda found: "%" if found[0] == "%%" else "?", query)
