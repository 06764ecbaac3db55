"""The two engines behind one face: each keeps a set of terms for each subject and finds the subjects that hold all.

Every statement is a constant; the table is one of two known names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from rapport.rows import preparing
from rapport.search import postgresql_engine

Kind = Literal["conversation", "customer"]
# A beginning that fewer words have than this is asked for as these words: FTS5 walks a word's subjects from the newest,
# but of a beginning it gathers all of them first.
_MOST_ENDINGS = 60
_AFTER_A_TERM = "\x01"  # sorts before every letter and digit


class Engine(Protocol):
    """What an engine does. Term sets are small (at most a few thousand)."""

    def add(self, subject: int, terms: Collection[str]) -> None:
        """Make the subject findable by these terms too."""

    def replace(self, subject: int, terms: Collection[str]) -> None:
        """Make the subject findable by exactly these terms."""

    def replace_all(self, terms: Mapping[int, Collection[str]]) -> None:
        """The same for many subjects."""

    def remove(self, subject: int) -> None:
        """Make the subject findable by nothing."""

    def find(self, terms: Sequence[str], *, before: int | None, limit: int) -> list[int]:
        """Ids of subjects that hold all terms (the last one as a prefix), largest id first."""

    def all_below(self, terms: Sequence[str], before: int) -> tuple[str, list[object]]:
        """A SELECT of every such id below `before`, and its values: for a statement that knows what else must hold."""


@dataclass(frozen=True)
class _Statements:
    """The constant statements of one table."""

    replace: str
    delete: str
    find_before: str
    all_below: str
    read: str
    update: str
    find: str
    words: str
    open_words: str


def _fts(table: str) -> _Statements:
    return _Statements(
        read=f"SELECT terms FROM {table} WHERE rowid = %s",  # noqa: S608 - table is one of two constants
        replace=f"INSERT OR REPLACE INTO {table} (rowid, terms) VALUES (%s, %s)",  # noqa: S608
        update=f"UPDATE {table} SET terms = %s WHERE rowid = %s",  # noqa: S608
        delete=f"DELETE FROM {table} WHERE rowid = %s",  # noqa: S608
        find=f"SELECT rowid FROM {table} WHERE {table} MATCH %s ORDER BY rowid DESC LIMIT %s",  # noqa: S608
        find_before=(
            f"SELECT rowid FROM {table} WHERE {table} MATCH %s AND rowid < %s "  # noqa: S608
            "ORDER BY rowid DESC LIMIT %s"
        ),
        all_below=f"SELECT rowid FROM {table} WHERE {table} MATCH %s AND rowid < %s",  # noqa: S608
        # The words themselves, as FTS5 keeps them; it lies in the connection's own memory.
        open_words=f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{table}_vocabulary USING fts5vocab(main, {table}, instance)",
        words=(
            f"WITH RECURSIVE each(term) AS (SELECT (SELECT term FROM temp.{table}_vocabulary WHERE term >= %s LIMIT 1) "  # noqa: S608
            f"UNION ALL SELECT (SELECT term FROM temp.{table}_vocabulary WHERE term >= each.term || %s LIMIT 1) "
            "FROM each WHERE substr(each.term, 1, %s) = %s) SELECT term FROM each LIMIT %s"
        ),
    )


_TABLES: dict[Kind, str] = {"conversation": "search_words", "customer": "search_customer_words"}
_FTS = {kind: _fts(table) for kind, table in _TABLES.items()}
_BY_POSTGRESQL = {
    "conversation": postgresql_engine.statements("search_words", "search_vocabulary"),
    "customer": postgresql_engine.statements("search_customer_words"),
}


class SQLiteEngine:
    """FTS5 without positions; the stored text is the set of terms, so that more can be added to it."""

    def __init__(self, statements: _Statements) -> None:
        self.statements = statements

    def add(self, subject: int, terms: Collection[str]) -> None:
        found = preparing.fetched(connections[DEFAULT_DB_ALIAS], self.statements.read, [subject])
        if not found:
            self.replace(subject, terms)
            return
        text = found[0][0]
        old = set(text.split())
        new = [term for term in terms if term not in old]
        if new:
            preparing.fetched(connections[DEFAULT_DB_ALIAS], self.statements.update, [" ".join([text, *new]), subject])

    def replace(self, subject: int, terms: Collection[str]) -> None:
        preparing.fetched(connections[DEFAULT_DB_ALIAS], self.statements.replace, [subject, " ".join(terms)])

    def replace_all(self, terms: Mapping[int, Collection[str]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(self.statements.replace, [(subject, " ".join(some)) for subject, some in terms.items()])

    def remove(self, subject: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.statements.delete, [subject])

    def find(self, terms: Sequence[str], *, before: int | None, limit: int) -> list[int]:
        query = self._query(terms)
        with connection.cursor() as cursor:
            if before is None:
                cursor.execute(self.statements.find, [query, limit])
            else:
                cursor.execute(self.statements.find_before, [query, before, limit])
            return [row[0] for row in cursor.fetchall()]

    def all_below(self, terms: Sequence[str], before: int) -> tuple[str, list[object]]:
        return self.statements.all_below, [self._query(terms), before]

    def _query(self, terms: Sequence[str]) -> str:
        *whole, last = terms
        words = [f'"{term}"' for term in whole]
        endings = self._endings(last) if len(last) > 1 else [last]
        if len(endings) > _MOST_ENDINGS:
            words.append(f'"{last}"*')
        else:
            words.append("(" + " OR ".join(f'"{term}"' for term in endings or [last]) + ")")
        return " AND ".join(words)

    def _endings(self, beginning: str) -> list[str]:
        """The words that begin so, up to one more than _MOST_ENDINGS."""
        values: list[str | int] = [beginning, _AFTER_A_TERM, len(beginning), beginning, _MOST_ENDINGS + 1]
        with connection.cursor() as cursor:
            cursor.execute(self.statements.open_words)
            cursor.execute(self.statements.words, values)
            return [term for (term,) in cursor.fetchall() if term is not None and term.startswith(beginning)]


@contextmanager
def room_for_many() -> Iterator[None]:
    """Within it a statement may handle very many matches (`all_below`)."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(postgresql_engine.ROOM)
        yield


def engine_for(kind: Kind) -> Engine:
    """The engine of the database in use."""
    if connection.vendor == "postgresql":
        return postgresql_engine.PostgreSQLEngine(_BY_POSTGRESQL[kind])
    return SQLiteEngine(_FTS[kind])
