"""Putting a SQLite database in its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from rapport.backups import sqlite, verifying
from rapport.backups.manifest import Manifest
from rapport.kit.durable import fsync_dir


class SqlitePlace:
    """The place of the database file."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def why_not_empty(self) -> str:
        """A sentence with the cure when a database is there, or what one left that was moved away without it."""
        if not self._path.exists():
            return self._why_not_alone()
        return (
            f"There is a database already: {self._path}. Restore into an empty data folder: move this one away, or "
            "name another by RAPPORT_HOME."
        )

    def _why_not_alone(self) -> str:
        # SQLite would take these for the restored database's own, and write another one's pages into it.
        left = [path for end in ("-wal", "-journal") if (path := self._path.with_name(self._path.name + end)).exists()]
        return (
            f"{left[0]} belongs to a database that is not here any more, and may hold the last that was stored in it. "
            "Move it to that database, then restore again."
            if left
            else ""
        )

    def fill(self, found: Manifest, side: Path, finish: Callable[[], int], switch: Callable[[], None]) -> int:
        """Compare, finish it where it was unpacked, switch the files, and give the database its place last."""
        database = side / sqlite.DATABASE
        verifying.compare_tables(found, verifying.read_tables(found, side))
        with _django_uses(database):
            steps = finish()
            with connection.cursor() as cursor:
                # One file, complete: what stands beside it would stay behind.
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.execute("PRAGMA journal_mode=DELETE")
        with database.open("rb") as file:
            os.fsync(file.fileno())
        switch()
        database.rename(self._path)
        fsync_dir(self._path.parent)
        return steps


@contextmanager
def _django_uses(database: Path) -> Iterator[None]:
    """Let Django's connection lead to another file meanwhile."""
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
