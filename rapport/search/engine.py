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

Kind = Literal["conversation", "customer"]
# How PostgreSQL walks: a word in fewer than one of fifty subjects is left to the index, which then finds few enough.
_SLICES = (500, 2000, 8000, 16000)
_COMMON = 0.02
_ABOVE_ALL = 2**63 - 1
# Where a beginning means hundreds of thousands of subjects, PostgreSQL's usual 4 MB hold whole pages of them instead of
# the subjects themselves, and each subject of each page is then looked at.
_ROOM = "SET LOCAL work_mem = '64MB'"
_ONLY_BY_INDEX = f"{_ROOM}; SET LOCAL enable_seqscan = off"
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
    """The constant statements of one table of one engine."""

    replace: str
    delete: str
    find_before: str
    all_below: str
    add: str = ""
    read: str = ""
    update: str = ""
    find: str = ""
    walk: str = ""
    words: str = ""
    open_words: str = ""


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


def _tsvector(table: str) -> _Statements:
    return _Statements(
        replace=(
            f"INSERT INTO {table} (id, terms) VALUES (%s, array_to_tsvector(%s)) "  # noqa: S608 - table is one of two constants
            "ON CONFLICT (id) DO UPDATE SET terms = excluded.terms"
        ),
        add=(
            f"INSERT INTO {table} (id, terms) VALUES (%s, array_to_tsvector(%s)) "  # noqa: S608
            f"ON CONFLICT (id) DO UPDATE SET terms = {table}.terms || excluded.terms"
        ),
        delete=f"DELETE FROM {table} WHERE id = %s",  # noqa: S608
        # The bound on the id stands apart, so that the index of the words is what finds them, whatever the planner
        # believes of two common words that are rare together; sorting what is found is cheap.
        find_before=(
            f"{_ONLY_BY_INDEX}; WITH found AS MATERIALIZED (SELECT id FROM {table} WHERE terms @@ %s::tsquery) "  # noqa: S608
            "SELECT id FROM found WHERE id < %s ORDER BY id DESC LIMIT %s"
        ),
        all_below=f"SELECT id FROM {table} WHERE terms @@ %s::tsquery AND id < %s",  # noqa: S608
        walk=(
            "SELECT min(id), array_agg(id) FILTER (WHERE terms @@ %s::tsquery) "  # noqa: S608
            f"FROM (SELECT id, terms FROM {table} WHERE id < %s ORDER BY id DESC LIMIT %s) AS slice"
        ),
    )


_TABLES: dict[Kind, str] = {"conversation": "search_words", "customer": "search_customer_words"}
_FTS = {kind: _fts(table) for kind, table in _TABLES.items()}
_TSVECTOR = {kind: _tsvector(table) for kind, table in _TABLES.items()}


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


class PostgreSQLEngine:
    """A tsvector of bare lexemes: no parser, no dictionary, so that it finds what SQLite finds."""

    def __init__(self, statements: _Statements) -> None:
        self.statements = statements

    def add(self, subject: int, terms: Collection[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.statements.add, [subject, list(terms)])

    def replace(self, subject: int, terms: Collection[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.statements.replace, [subject, list(terms)])

    def replace_all(self, terms: Mapping[int, Collection[str]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(self.statements.replace, [(subject, list(some)) for subject, some in terms.items()])

    def remove(self, subject: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.statements.delete, [subject])

    def find(self, terms: Sequence[str], *, before: int | None, limit: int) -> list[int]:
        query = self._query(terms)
        found, lowest = self._walk(query, before or _ABOVE_ALL, limit)
        if len(found) >= limit or lowest is None:
            return found[:limit]
        return found + self._look_up(query, lowest, limit - len(found))

    def all_below(self, terms: Sequence[str], before: int) -> tuple[str, list[object]]:
        return self.statements.all_below, [self._query(terms), before]

    def _query(self, terms: Sequence[str]) -> str:
        words = [f"'{term}'" for term in terms]
        if len(terms[-1]) > 1:
            words[-1] += ":*"
        return " & ".join(words)

    def _walk(self, query: str, before: int, limit: int) -> tuple[list[int], int | None]:
        """Common words are found fastest by looking at the newest subjects: slice by slice while that pays.

        Also the lowest id looked at, None when there are no more.
        """
        found: list[int] = []
        lowest: int | None = before
        for size in _SLICES:
            with connection.cursor() as cursor:
                cursor.execute(self.statements.walk, [query, lowest, size])
                lowest, numbers = cursor.fetchone()
            matches = sorted(numbers or (), reverse=True)
            found += matches
            if lowest is None or len(found) >= limit or len(matches) < size * _COMMON:
                break
        return found, lowest

    def _look_up(self, query: str, before: int, limit: int) -> list[int]:
        # Several statements sent as one are one transaction, in which the settings hold: one round trip instead of four.
        with connection.cursor() as cursor:
            cursor.execute(self.statements.find_before, [query, before, limit])
            while cursor.nextset():
                pass
            return [row[0] for row in cursor.fetchall()]


@contextmanager
def room_for_many() -> Iterator[None]:
    """Within it a statement may handle very many matches (`all_below`)."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ROOM)
        yield


def engine_for(kind: Kind) -> Engine:
    """The engine of the database in use."""
    if connection.vendor == "postgresql":
        return PostgreSQLEngine(_TSVECTOR[kind])
    return SQLiteEngine(_FTS[kind])
