"""What a page is about to ask, brought along with what it asks now: on PostgreSQL a round trip costs as much as a small
statement, and a page would take twenty. SQLite has none to save, and answers when it is asked."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Expected:
    """A kept statement with its values, and its rows as the driver gave them once it was asked."""

    sql: str
    values: Sequence[Any]
    rows: list[Any] | None = None


_expected: ContextVar[dict[Hashable, Expected] | None] = ContextVar("expected", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Within it, what is expected comes along with the next kept statement. For work that writes nothing: what came early
    is what was there then."""
    token = _expected.set({})
    try:
        yield
    finally:
        _expected.reset(token)


def is_open(database: Any) -> bool:
    """Whether anything can be expected here. Where somebody looks on, each statement is asked in its turn."""
    if database.vendor != "postgresql" or _expected.get() is None:
        return False
    return not (database.execute_wrappers or database.queries_logged)


def expect(key: Hashable, sql: str, values: Sequence[Any]) -> None:
    """Bring this along. `key` names it for `taken`."""
    expected = _expected.get()
    if expected is not None:
        expected.setdefault(key, Expected(sql, values))


def taken(key: Hashable) -> list[Any] | None:
    """The rows that came along under this key, once; None where nothing did."""
    expected = _expected.get()
    if not expected:
        return None
    found = expected.pop(key, None)
    return found.rows if found is not None else None


def waiting() -> list[Expected]:
    """What has not come yet, in the order it was expected."""
    expected = _expected.get()
    return [one for one in expected.values() if one.rows is None] if expected else []
