"""PostgreSQL by COPY through the driver: one snapshot, text that any server reads, no PostgreSQL programs needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from rapport.backups import verifying
from rapport.backups.archive import CHUNK
from rapport.backups.checksums import RowSum
from rapport.backups.errors import ArchiveDamaged, BackupRefused
from rapport.backups.manifest import Manifest, Table
from rapport.backups.progress import Progress
from rapport.backups.tables import LEFT_OUT, NAMES_FILES
from rapport.rows import first_schema

# The same rows must be the same text on every server, whatever its own settings are.
_WRITING = "SET datestyle = 'ISO'; SET timezone = 'UTC'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1"
_TABLES = """
    SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables
    USING (table_catalog, table_schema, table_name)
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
    ORDER BY table_name, ordinal_position
"""
_SEQUENCES = (
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL"
)
_ANY_TABLE = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1 LIMIT 1"


class PostgresqlSnapshot:
    """All tables as they are at one moment, each as one COPY text."""

    kind = "postgresql"

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}
        self._sequences: dict[str, int] = {}
        self._migrations: list[list[str]] = []
        self._files: Path | None = None
        self._folder = Path()

    def take(self, folder: Path, progress: Progress) -> None:
        """Copy every table in one transaction that sees one state. Raises BackupRefused, OSError."""
        self._folder = folder / "tables"
        self._folder.mkdir(mode=0o700)
        try:
            with closing(_own_connection()) as server, server.transaction(), server.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute(_WRITING)
                self._copy_tables(cursor, progress)
                cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
                self._migrations = [list(row) for row in cursor.fetchall()]
                cursor.execute(_SEQUENCES)
                self._sequences = dict(cursor.fetchall())
        except psycopg.Error as error:
            raise BackupRefused(f"The database cannot be backed up: {str(error).strip()}") from None

    def parts(self) -> Iterator[tuple[str, Path]]:
        """One text for each table."""
        for table in self._tables:
            yield part_name(table), self._folder / table

    def migrations(self) -> list[list[str]]:
        """App and name of every migration applied."""
        return self._migrations

    def tables(self) -> dict[str, Table]:
        """Rows and row checksums."""
        return self._tables

    def sequences(self) -> dict[str, int]:
        """The last number each sequence has given: numbers of deleted conversations are not given again."""
        return self._sequences

    def stored_files(self) -> Iterator[str]:
        """The hashes of all stored files that rows name, each once, in order."""
        found: set[str] = set()
        for name, table in self._tables.items():
            places = [number for number, column in enumerate(table.columns) if column in NAMES_FILES]
            for row in _lines(self._folder / name) if places else ():
                values = row.rstrip(b"\n").split(b"\t")
                found.update(values[place].decode("ascii", "replace") for place in places)
        yield from sorted(found - {"", "\\N"})

    def _copy_tables(self, cursor: psycopg.Cursor[Any], progress: Progress) -> None:
        tables = _columns_of_tables(cursor)
        for number, (name, columns) in enumerate(tables.items()):
            progress("Copying the database", number, len(tables))
            rows = RowSum()
            with _new_file(self._folder / name) as target:
                if name not in LEFT_OUT:
                    for row in _rows(cursor, name, columns):
                        rows.add(row)
                        target.write(row)
            self._tables[name] = Table(rows.rows, rows.checksum, columns)


class PostgresqlPlace:
    """An empty database. All of the restore is one transaction, so it is there wholly or not at all."""

    kind = "postgresql"

    def why_not_empty(self) -> str:
        """A sentence with the cure when there are tables."""
        with connection.cursor() as cursor:
            cursor.execute(_ANY_TABLE)
            found = cursor.fetchone()
        if found is None:
            return ""
        return (
            f"The database {connection.settings_dict['NAME']} holds tables already. Restore into an empty one: create a "
            "new database (CREATE DATABASE …) and name it in RAPPORT_DATABASE_URL."
        )

    def fill(self, found: Manifest, side: Path, finish: Callable[[], int], switch: Callable[[], None]) -> int:
        """Make the tables as they were, load, compare, `finish`, `switch` the files, commit."""
        try:
            with transaction.atomic():
                _make_tables(found)
                with connection.cursor() as cursor:
                    cursor.execute(_WRITING)
                    _load(cursor.cursor, found, side)
                    verifying.compare_tables(
                        found, sum_tables(cursor.cursor, {name: table.columns for name, table in found.tables.items()})
                    )
                steps = finish()
                switch()
        except (psycopg.Error, DatabaseError) as error:
            raise ArchiveDamaged(f"The database cannot be restored: {str(error).strip()}") from None
        return steps


def part_name(table: str) -> str:
    """Where a table's rows stand in an archive."""
    return f"database/{table}"


def sum_parts(found: Manifest, folder: Path) -> dict[str, Table]:
    """Rows and row checksums of the unpacked texts."""
    return {name: _sum_of(_lines(folder / part_name(name)), table.columns) for name, table in found.tables.items()}


def _own_connection() -> psycopg.Connection[Any]:
    parameters = connection.get_connection_params()
    kept = {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}
    return psycopg.connect(**kept)


def _columns_of_tables(cursor: psycopg.Cursor[Any]) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = {}
    cursor.execute(_TABLES)
    for table, column in cursor.fetchall():
        tables.setdefault(table, []).append(column)
    return tables


def _rows(cursor: psycopg.Cursor[Any], table: str, columns: list[str]) -> Iterator[bytes]:
    """The rows as COPY writes them, one by one."""
    with cursor.copy(sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), _listed(columns))) as copy:
        for row in copy:
            yield bytes(row)


def sum_tables(cursor: psycopg.Cursor[Any], orders: Mapping[str, list[str]]) -> dict[str, Table]:
    """Rows and row checksum of every table, over these of its columns where `orders` names it, else over all."""
    read = {name: orders.get(name, columns) for name, columns in _columns_of_tables(cursor).items()}
    return {name: _sum_of(_rows(cursor, name, columns), columns) for name, columns in read.items()}


def _sum_of(rows: Iterator[bytes], columns: list[str]) -> Table:
    summed = RowSum()
    summed.add_all(rows)
    return Table(summed.rows, summed.checksum, columns)


def _make_tables(found: Manifest) -> None:
    """The tables as the archive's own version had them: its migrations, no later ones, then no rows."""
    wanted = {(app, name) for app, name in found.about.migrations}
    first_schema.lay(allowed=wanted)
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    ends = [node for node in wanted if node in graph.nodes and not wanted.intersection(graph.node_map[node].children)]
    executor.migrate([(node[0], node[1]) for node in ends])
    with connection.cursor() as cursor:
        if "cache" in found.tables:
            _make_cache_table()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        names = [sql.Identifier(name) for name in _columns_of_tables(cursor.cursor)]
        cursor.cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names)))


def _make_cache_table() -> None:
    from django.core.management import call_command

    call_command("createcachetable", verbosity=0)


def _load(cursor: psycopg.Cursor[Any], found: Manifest, side: Path) -> None:
    here = _columns_of_tables(cursor)
    # What a trigger would keep up to date is in the archive as well.
    _switch_triggers(cursor, list(here), sql.SQL("DISABLE"))
    for name, table in found.tables.items():
        if set(here.get(name, ())) != set(table.columns):
            raise ArchiveDamaged(f"The columns of {name} are not those this archive's migrations make.")
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), _listed(table.columns))
        with cursor.copy(into) as copy, (side / part_name(name)).open("rb") as source:
            while chunk := source.read(CHUNK):
                copy.write(chunk)
    for sequence, value in found.sequences.items():
        cursor.execute("SELECT setval(%s::regclass, %s)", [f'"{sequence}"', value])
    # Now is the time to hear of broken references; waiting checks would also forbid the migrations to come.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    _switch_triggers(cursor, list(here), sql.SQL("ENABLE"))


def _switch_triggers(cursor: psycopg.Cursor[Any], tables: list[str], act: sql.SQL) -> None:
    """The product's own triggers; those of foreign keys go on."""
    for table in tables:
        cursor.execute(sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(sql.Identifier(table), act))


def _listed(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)


def _lines(path: Path) -> Iterator[bytes]:
    """COPY text has one row a line; line ends inside values are written as \\n."""
    with path.open("rb") as file:
        yield from file


@contextmanager
def _new_file(path: Path) -> Iterator[Any]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", CHUNK) as file:
        yield file
