"""SQLite as a file of tables: a snapshot while others write, and the row checksums of what is in it."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from rapport.backups.checksums import RowSum
from rapport.backups.errors import ArchiveDamaged, BackupRefused
from rapport.backups.manifest import Table
from rapport.backups.progress import Progress
from rapport.backups.tables import LEFT_OUT, NAMES_FILES

DATABASE = "database/rapport.sqlite3"
_PAGES = 4096
_SHADOWS = ("data", "idx", "content", "docsize", "config")


class SqliteSnapshot:
    """The database file as it was at one moment, as a file of its own."""

    kind = "sqlite"

    def __init__(self, source: Path) -> None:
        self._source = source
        self._copy = Path()

    def take(self, folder: Path, progress: Progress) -> None:
        """Copy and check. Raises BackupRefused when SQLite cannot read the live database or finds it damaged."""
        self._copy = folder / "database"
        try:
            take_snapshot(self._source, self._copy, lambda done, total: progress("Copying the database", done, total))
            check(self._copy)
        except (sqlite3.Error, ArchiveDamaged) as error:
            if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR_WRITE")):
                raise OSError(errno.ENOSPC, "the database could not be copied") from None
            raise BackupRefused(f"The database {self._source} cannot be backed up: {error}") from None

    def parts(self) -> Iterator[tuple[str, Path]]:
        """One file."""
        yield DATABASE, self._copy

    def migrations(self) -> list[list[str]]:
        """App and name of every migration applied."""
        return migrations(self._copy)

    def tables(self) -> dict[str, Table]:
        """Rows and row checksums."""
        return sum_tables(self._copy)

    def sequences(self) -> dict[str, int]:
        """They stand in the file."""
        return {}

    def stored_files(self) -> Iterator[str]:
        """The hashes of all stored files that rows name, each once."""
        return stored_files(self._copy)


def take_snapshot(source: Path, target: Path, progress: Callable[[int, int], None]) -> None:
    """Copy the database as it is at one moment; writers go on meanwhile. What LEFT_OUT names is emptied in the copy.

    `progress` is told pages done and all. Raises sqlite3.Error, OSError.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source, timeout=20)) as live, closing(sqlite3.connect(target)) as copy:
        # The open read keeps one state of the database before us; without it each write would start the copy anew.
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        live.backup(copy, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))
        live.rollback()
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("PRAGMA secure_delete=ON")
        for table in set(LEFT_OUT) & set(_tables(copy)):
            copy.execute(_empty(table))
        copy.commit()


def check(path: Path) -> None:
    """Raises ArchiveDamaged when SQLite finds the database inconsistent."""
    with read_only(path) as database:
        try:
            said = database.execute("PRAGMA integrity_check(3)").fetchall()
        except sqlite3.DatabaseError as error:
            said = [(str(error),)]
    if said != [("ok",)]:
        raise ArchiveDamaged("SQLite finds the database damaged: " + "; ".join(str(row[0]) for row in said))


def sum_tables(path: Path, orders: Mapping[str, list[str]] | None = None) -> dict[str, Table]:
    """Rows and row checksum of every table, over these of its columns where `orders` names it, else over all.

    Raises sqlite3.DatabaseError.
    """
    with read_only(path) as database:
        return {name: _sum(database, name, (orders or {}).get(name)) for name in _tables(database)}


def stored_files(path: Path) -> Iterator[str]:
    """The hashes of all stored files that rows name, in order, each once."""
    with read_only(path) as database:
        parts = [
            _column(column, table) for table in _tables(database) for column in _columns(database, table)
            if column in NAMES_FILES
        ]  # fmt: skip
        for (sha256,) in database.execute(_union(parts)) if parts else ():
            yield sha256


def migrations(path: Path) -> list[list[str]]:
    """App and name of every migration that was applied."""
    with read_only(path) as database:
        rows = database.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return [list(row) for row in rows]


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing, not even beside the file."""
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        yield database
    finally:
        database.close()


def _tables(database: sqlite3.Connection) -> list[str]:
    """Tables of rows. The word indexes are left to the hash of the file: their tables are SQLite's own."""
    rows = database.execute(
        "SELECT name, sql LIKE 'CREATE VIRTUAL%' FROM sqlite_master WHERE type = 'table' ORDER BY name"
    ).fetchall()
    virtual = {name for name, is_virtual in rows if is_virtual}
    shadows = {f"{name}_{part}" for name in virtual for part in _SHADOWS}
    return [name for name, _ in rows if name not in virtual | shadows and not name.startswith("sqlite_")]


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    return [name for (name,) in database.execute("SELECT name FROM pragma_table_info(?) ORDER BY cid", [table])]


def _sum(database: sqlite3.Connection, table: str, columns: list[str] | None) -> Table:
    columns = columns or _columns(database, table)
    rows = RowSum()
    rows.add_all(row.encode() for (row,) in database.execute(_quoted_rows(columns, table)))
    return Table(rows.rows, rows.checksum, columns)


# Names of tables and columns cannot be parameters; these come from the database's own schema and are quoted.


def _quoted_rows(columns: list[str], table: str) -> str:
    values = " || ',' || ".join(f"quote({_name(column)})" for column in columns)
    return f"SELECT {values} FROM {_name(table)}"  # noqa: S608


def _column(column: str, table: str) -> str:
    return f"SELECT {_name(column)} FROM {_name(table)} WHERE {_name(column)} <> ''"  # noqa: S608


def _union(parts: list[str]) -> str:
    return " UNION ".join(parts) + " ORDER BY 1"


def _empty(table: str) -> str:
    return f"DELETE FROM {_name(table)}"  # noqa: S608


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
