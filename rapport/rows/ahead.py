"""What a page is about to ask, brought along with what it asks now: on PostgreSQL a round trip costs as much as a small
statement, and a page would take twenty; and the server answers it while the page is already at work on what it has.
SQLite has none to save, and answers when it is asked."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


@dataclass(slots=True)
class Expected:
    """A kept statement with its values; `sent` once it is on its way. `comes_first`: it is done before what is asked."""

    sql: str
    values: Sequence[Any]
    comes_first: bool = False
    sent: Any = None


@dataclass(slots=True)
class _Reading:
    """What is expected, and the connection on which any of it is on its way."""

    expected: dict[Hashable, Expected] = field(default_factory=dict)
    database: Any = None


_reading: ContextVar[_Reading | None] = ContextVar("expected", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Within it, what is expected is asked with the next kept statement, and answered while the work goes on. For work that
    writes nothing: what came early is what was there then."""
    begun = _Reading()
    token = _reading.set(begun)
    try:
        yield
    finally:
        _reading.reset(token)
        if begun.database is not None:
            begun.database.finish()


def is_open(database: Any) -> bool:
    """Whether anything can be expected here. Where somebody looks on, each statement is asked in its turn."""
    if database.vendor != "postgresql" or _reading.get() is None:
        return False
    return not (database.execute_wrappers or database.queries_logged)


def expect(key: Hashable, sql: str, values: Sequence[Any], *, comes_first: bool = False) -> None:
    """Bring this along. `key` names it for `taken`."""
    begun = _reading.get()
    if begun is not None:
        begun.expected.setdefault(key, Expected(sql, values, comes_first))


def taken(key: Hashable) -> list[Any] | None:
    """The rows that came along under this key, once; None where nothing did."""
    begun = _reading.get()
    if begun is None or not begun.expected:
        return None
    found = begun.expected.pop(key, None)
    if found is None or found.sent is None:
        return None
    rows: list[Any] = begun.database.answer(found.sent)
    return rows


def send() -> None:
    """Ask now what is expected, and go on."""
    begun = _reading.get()
    waiting = [one for one in begun.expected.values() if one.sent is None] if begun is not None else []
    if begun is None or not waiting:
        return
    database: Any = connections[DEFAULT_DB_ALIAS]
    tokens = database.send([(one.sql, one.values) for one in waiting])
    begun.database = database
    for one, token in zip(waiting, tokens, strict=True):
        one.sent = token


def asked(database: Any, sql: str, values: Sequence[Any]) -> list[Any]:
    """The rows of a kept statement, on PostgreSQL. What is expected goes along with it, and is not waited for."""
    begun = _reading.get()
    if begun is None:
        return list(database.exchange([(sql, values)])[0])
    waiting = [one for one in begun.expected.values() if one.sent is None]
    first = [one for one in waiting if one.comes_first]
    along = [one for one in waiting if not one.comes_first]
    statements = [*((one.sql, one.values) for one in first), (sql, values), *((one.sql, one.values) for one in along)]
    sent = database.send(statements)
    begun.database = database
    mine = sent.pop(len(first))
    for one, token in zip([*first, *along], sent, strict=True):
        one.sent = token
    rows: list[Any] = database.answer(mine)
    return rows
