"""After a test that really commits, the database is again as the migrations left it.

Django would empty all tables (on PostgreSQL that costs each of them, and most are empty), and make its permissions
anew, but not what the migrations wrote: a test that happened to run later missed it. Here only tables that hold other
rows than at the start are emptied, and filled with the rows of the start.
"""

from __future__ import annotations

from typing import Any

import pytest

Rows = list[tuple[Any, ...]]
CACHE = "cache"  # made beside the migrations; it counts tries, which are a test's own too
PASSES = 3  # triggers may write while rows go

_start: dict[str, Rows] = {}


@pytest.fixture(autouse=True, scope="session")
def emptied_by_rows(django_test_environment: None) -> None:
    """Replaces Django's way for every transactional test."""
    from django.test import TransactionTestCase

    TransactionTestCase._fixture_teardown = lambda case: restore()  # type: ignore[attr-defined]


def remember() -> None:
    """What is in the database now is what `restore` brings back."""
    _start.clear()
    _start.update({table: _rows(table) for table in _filled()})


def restore() -> None:
    """Every table as it was when the tests began. Sequences and ids go on, as with Django's flush."""
    from django.db import transaction

    with transaction.atomic():  # foreign keys are looked at when it ends
        for _ in range(PASSES):
            changed = [table for table in {*_filled(), *_start} if _rows(table) != _start.get(table, [])]
            if not changed:
                return
            for table in changed:
                _refill(table, _start.get(table, []))
    raise RuntimeError(f"triggers fill these tables again and again: {changed}")


def _tables() -> list[str]:
    from django.db import connection

    return [*connection.introspection.django_table_names(only_existing=True, include_views=False), CACHE]


def _filled() -> list[str]:
    """The tables with rows in them, in one question."""
    from django.db import connection

    questions = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in _tables()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions))
        return [table for (table,) in cursor.fetchall()]


def _rows(table: str) -> Rows:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return cursor.fetchall()


def _refill(table: str, rows: Rows) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
        if rows:
            cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)
