"""Rows written straight by the driver, one by one or in bulk; columns nobody names get the plainest value."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString, Protocol

import psycopg

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-8000",
)
# Nothing is lost that could not be made again: the file is worth something only once it is whole.
BULK_PRAGMAS = (
    "PRAGMA synchronous=OFF",
    "PRAGMA cache_size=-400000",
    "PRAGMA wal_autocheckpoint=100000",
    "PRAGMA analysis_limit=1000",
)
# Foreign keys are not looked up row by row: the seed is right by construction.
BULK_SETTINGS: tuple[LiteralString, ...] = (
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    "SET maintenance_work_mem = '512MB'",
)


class Rows(Protocol):
    """A database by its driver. Tables and columns are those of the product's own schema."""

    def insert(self, table: str, **columns: object) -> int:
        """Insert a row; its id."""

    def insert_many(self, table: str, names: Sequence[str], values: Iterable[Sequence[object]]) -> None:
        """Insert many rows of the named columns."""

    def put_terms(self, table: str, values: Iterable[tuple[int, str]]) -> None:
        """Make subjects findable by terms, which stand in one string with blanks between them."""

    def begin_bulk(self, tables: Sequence[str]) -> None:
        """Before very many rows: indexes of these tables go until `settle`, and durability until then too."""

    def commit(self) -> None:
        """End the transaction durably."""

    def settle(self) -> None:
        """After bulk work: statistics for the planner, and counters behind the ids that were given."""


class SQLiteRows:
    """sqlite3 with the product's own pragmas."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self.connection.execute(pragma)
        self.defaults: dict[str, dict[str, object]] = {}
        self.statements: dict[str, str] = {}
        self.is_open = False
        self.dropped: list[str] = []

    def insert(self, table: str, **columns: object) -> int:
        if table not in self.statements:
            names = list(self._defaults(table))
            self.statements[table] = self._statement(table, names)
        self._begin()
        values = {**self.defaults[table], **columns}
        return self.connection.execute(self.statements[table], list(values.values())).lastrowid or 0

    def insert_many(self, table: str, names: Sequence[str], values: Iterable[Sequence[object]]) -> None:
        self._begin()
        rest = {name: value for name, value in self._defaults(table).items() if name not in names and value is not None}
        ending = tuple(rest.values())
        rows = (tuple(row) + ending for row in values)
        self.connection.executemany(self._statement(table, [*names, *rest]), rows)

    def put_terms(self, table: str, values: Iterable[tuple[int, str]]) -> None:
        self._begin()
        self.connection.executemany(self._statement(table, ["rowid", "terms"]), values)

    def begin_bulk(self, tables: Sequence[str]) -> None:
        for pragma in BULK_PRAGMAS:
            self.connection.execute(pragma)
        found = self.connection.execute(
            "SELECT format('DROP INDEX \"%w\"', name), tbl_name, sql FROM sqlite_master"
            " WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        for drop, table, made in found:
            if table in tables:
                self.dropped.append(made)
                self.connection.execute(drop)

    def commit(self) -> None:
        self.connection.execute("COMMIT")
        self.is_open = False

    def settle(self) -> None:
        for made in self.dropped:
            self.connection.execute(made)
        self.connection.execute("ANALYZE")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _begin(self) -> None:
        if not self.is_open:
            self.connection.execute("BEGIN IMMEDIATE")
            self.is_open = True

    def _statement(self, table: str, names: Sequence[str]) -> str:
        columns = ", ".join(f'"{name}"' for name in names)
        return f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})"

    def _defaults(self, table: str) -> dict[str, object]:
        if table not in self.defaults:
            info = self.connection.execute(
                'SELECT name, type, "notnull" FROM pragma_table_info(?)', (table,)
            ).fetchall()
            made = self.connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
            self.defaults[table] = {
                name: _plainest("json" if f'JSON_VALID("{name}")' in made else kind) if required else None
                for name, kind, required in info
                if name != "id"
            }
        return self.defaults[table]


# As migration 0002 of search does it: the bulk came past the product, which lists new words itself.
_LIST_THE_WORDS = (
    "INSERT INTO search_vocabulary (term) SELECT word FROM ts_stat('SELECT terms FROM search_words') "
    """WHERE word COLLATE "C" > ':' AND word NOT IN (SELECT term FROM search_vocabulary)"""
)


class PostgreSQLRows:
    """psycopg with the server's own durability."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url)
        self.defaults: dict[str, dict[str, object]] = {}
        self.statements: dict[str, bytes] = {}
        self.dropped: list[str] = []

    def insert(self, table: str, **columns: object) -> int:
        defaults = self._defaults(table)
        if table not in self.statements:
            places = ", ".join(["%s"] * len(defaults))
            statement = f"INSERT INTO {table} ({_quoted(list(defaults))}) VALUES ({places}) RETURNING id"
            self.statements[table] = statement.encode()
        values = {**defaults, **columns}
        found = self.connection.execute(self.statements[table], list(values.values())).fetchone()
        return int(found[0]) if found else 0

    def insert_many(self, table: str, names: Sequence[str], values: Iterable[Sequence[object]]) -> None:
        defaults = self._defaults(table).items()
        rest = {name: value for name, value in defaults if name not in names and value is not None}
        ending = tuple(rest.values())
        self._copy(table, [*names, *rest], (tuple(row) + ending for row in values))

    def put_terms(self, table: str, values: Iterable[tuple[int, str]]) -> None:
        # Terms hold letters and digits only, so that a string of them is a tsvector as it stands.
        self._copy(table, ["id", "terms"], values)

    def begin_bulk(self, tables: Sequence[str]) -> None:
        for setting in BULK_SETTINGS:
            self.connection.execute(setting)
        found = self.connection.execute(
            "SELECT format('%%I', i.indexname), i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' "
            "AND i.tablename = ANY(%s) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)",
            (list(tables),),
        ).fetchall()
        for name, made in found:
            self.dropped.append(made)
            self.connection.execute(f"DROP INDEX {name}".encode())
        self.connection.commit()

    def commit(self) -> None:
        self.connection.commit()

    def settle(self) -> None:
        for made in self.dropped:
            self.connection.execute(made.encode())
        for table in self.defaults:
            sequence = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            self.connection.execute(sequence.encode())
        self.connection.execute(_LIST_THE_WORDS)
        self.connection.commit()
        self.connection.autocommit = True
        self.connection.execute("VACUUM ANALYZE")

    def _copy(self, table: str, names: Sequence[str], values: Iterable[Sequence[object]]) -> None:
        statement = f"COPY {table} ({_quoted(names)}) FROM STDIN".encode()
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in values:
                copy.write_row(row)

    def _defaults(self, table: str) -> dict[str, object]:
        if table not in self.defaults:
            info = self.connection.execute(
                "SELECT column_name, data_type, is_nullable FROM information_schema.columns "
                "WHERE table_schema = 'public' AND table_name = %s AND column_name <> 'id' ORDER BY ordinal_position",
                (table,),
            ).fetchall()
            self.defaults[table] = {name: None if null == "YES" else _plainest(kind) for name, kind, null in info}
        return self.defaults[table]


def connect(home: Path, database_url: str) -> Rows:
    """The database of an installation."""
    return PostgreSQLRows(database_url) if database_url else SQLiteRows(home / "rapport.sqlite3")


def written(moment: datetime) -> str:
    """A moment (UTC) as both databases keep it."""
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"


def now() -> str:
    """This moment as both databases keep it."""
    return written(datetime.now(UTC))


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _plainest(kind: str) -> object:
    kind = kind.lower()
    if "json" in kind:
        return "[]"
    if "bool" in kind:
        return False
    if "int" in kind:
        return 0
    return now() if "time" in kind else ""
