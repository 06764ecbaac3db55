"""From an archive to an installation that holds exactly this, on hold; either all of it or nothing.

Everything is unpacked and checked in a folder beside the data first. The database gets its place last, so that an
interrupted restore leaves no installation, and the next one clears up.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from rapport.backups import manifest, verifying
from rapport.backups.errors import BackupRefused
from rapport.backups.manifest import About, Manifest
from rapport.backups.progress import Progress
from rapport.conversations.models import Message
from rapport.kit.durable import fsync_dir, write_durably
from rapport.people import installing

SIDE = ".restoring"
# Stands in the side folder while the files in the data folder are a restore's whose database is not there yet.
_PLACED = "files-are-in-place"


@dataclass(slots=True)
class Restored:
    """What was restored. `missing_keys`: ids of keys that the data needs and the key file lacks. `steps`: migrations
    run because the archive was older."""

    manifest: Manifest
    missing_keys: list[str] = field(default_factory=list)
    steps: int = 0


class Place(Protocol):
    """An empty database that takes the content of an archive."""

    kind: str

    def why_not_empty(self) -> str:
        """What is there already, as a sentence with the cure; empty when nothing is."""

    def fill(self, found: Manifest, side: Path, finish: Callable[[], int], switch: Callable[[], None]) -> int:
        """Load, compare, `finish` (migrate, hold), `switch` the files, and make it count; what `finish` returned."""


def restore(path: Path, *, migrate: Callable[[], int], progress: Progress) -> Restored:
    """Restore into the empty data folder and database of these settings. Raises BackupRefused, ArchiveDamaged."""
    home, place = Path(settings.ENVIRONMENT.home), _place()
    if not path.is_file():
        raise BackupRefused(f"There is no archive {path}.")
    try:
        with _side_folder(home) as side:
            _refuse_unless_empty(home, place, side)
            found = verifying.unpack(path, side, progress, look=_fits_here(place.kind))
            _remove_damaged(found, side)
            progress("Checking the database", 0, None)
            with _files_only_with_database(home, place):
                steps = place.fill(
                    found, side, lambda: _finish(found, migrate, progress), lambda: _switch(found, side, home)
                )
    except OSError as error:
        raise BackupRefused(_why(error, home)) from None
    missing = [key for key in found.about.key_ids if key not in settings.KEY_RING.key_ids]
    return Restored(found, missing, steps)


def forget_interrupted() -> None:
    """Remove what a killed restore left beside the data: once an installation is used, its files are its own."""
    home = Path(settings.ENVIRONMENT.home)
    if (home / SIDE).exists():
        with suppress(BackupRefused), _side_folder(home):
            pass


def _place() -> Place:
    if connection.vendor == "postgresql":
        from rapport.backups.postgresql import PostgresqlPlace

        return PostgresqlPlace()
    from rapport.backups.sqlite_place import SqlitePlace

    return SqlitePlace(Path(settings.DATABASES["default"]["NAME"]))


def _fits_here(kind: str) -> Callable[[About], None]:
    """Refuses an archive of the other kind of database, or of a newer version, before it is unpacked."""

    def look(about: About) -> None:
        if about.database != kind:
            raise BackupRefused(
                f"The archive is of a {about.database} database, these settings name a {kind} one. "
                + ("Set" if about.database == "postgresql" else "Leave out")
                + " RAPPORT_DATABASE_URL and restore again."
            )
        known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations or {}
        newer = [f"{app}.{name}" for app, name in about.migrations if (app, name) not in known]
        if newer:
            raise BackupRefused(
                f"The archive was made by a newer version of Rapport ({about.product}; this one does not know "
                f"{newer[-1]}). Install that version or a later one."
            )

    return look


def _refuse_unless_empty(home: Path, place: Place, side: Path) -> None:
    if reason := place.why_not_empty():
        raise BackupRefused(reason)
    files = home / "files"
    if (side / _PLACED).exists():
        shutil.rmtree(files, ignore_errors=True)
        (side / _PLACED).unlink()
    elif files.is_dir() and any(files.iterdir()):
        raise BackupRefused(
            f"{files} holds files already. Restore into an empty data folder: move this one away, or name another "
            "by RAPPORT_HOME."
        )


def _finish(found: Manifest, migrate: Callable[[], int], progress: Progress) -> int:
    progress("Bringing the database up to date", 0, None)
    steps = migrate()
    newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    installing.hold(backup_made_at=found.about.moment, last_message=newest)
    return steps


def _remove_damaged(found: Manifest, side: Path) -> None:
    """What was damaged before the backup is not put where sound bytes are expected."""
    for sha256 in found.damaged:
        (side / manifest.file_name(sha256)).unlink()


def _switch(found: Manifest, side: Path, home: Path) -> None:
    """Keys and files, before the database makes them count: without it the next restore begins anew."""
    if found.about.with_keys:
        settings.KEY_RING.adopt(side / manifest.KEYS)
    target = home / "files"
    if target.is_dir():
        target.rmdir()
    write_durably(side / _PLACED, b"")
    os.sync()  # one wait for the disk instead of one for each file
    (side / "files").rename(target)
    fsync_dir(home)


@contextmanager
def _files_only_with_database(home: Path, place: Place) -> Iterator[None]:
    """Files whose database did not come to stand are taken away again."""
    try:
        yield
    except BaseException:
        if not place.why_not_empty():
            shutil.rmtree(home / "files", ignore_errors=True)
        raise


@contextmanager
def _side_folder(home: Path) -> Iterator[Path]:
    """A folder in the data folder, ours alone, empty but for what says whose the files beside it are."""
    side = home / SIDE
    side.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(side, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise BackupRefused(f"Another restore into {home} is running.") from None
    try:
        _make_empty(side)
        fsync_dir(home)
        yield side
    finally:
        shutil.rmtree(side, ignore_errors=True)
        os.close(handle)


def _make_empty(side: Path) -> None:
    for left in side.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        elif left.name != _PLACED:
            left.unlink()
    (side / "files").mkdir(mode=0o700)


def _why(error: OSError, home: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        free = shutil.disk_usage(home).free // 2**20
        return f"The disk of {home} is full ({free} MB free). Nothing was restored. Free space, or name another RAPPORT_HOME."
    return f"Nothing was restored: {error}."
