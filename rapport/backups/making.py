"""Making an archive: the snapshot first, then the files it names, because files are written before the rows."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import connection

from rapport.backups import archive, manifest
from rapport.backups.archive import Writer
from rapport.backups.errors import BackupRefused
from rapport.backups.manifest import About, Manifest, Member, Table
from rapport.backups.progress import Progress
from rapport.files import storing
from rapport.kit import clock

_TIME = "%Y%m%d-%H%M%S"
_NAME = "rapport-*.tar.gz"


class Snapshot(Protocol):
    """A database as it was at one moment."""

    kind: str

    def take(self, folder: Path, progress: Progress) -> None:
        """Fix the moment and write the database's own files into the folder."""

    def parts(self) -> Iterable[tuple[str, Path]]:
        """Name in the archive and place of each of those files."""

    def migrations(self) -> list[list[str]]:
        """App and name of each migration applied."""

    def tables(self) -> dict[str, Table]:
        """Rows and row checksums."""

    def sequences(self) -> dict[str, int]:
        """The last number each sequence has given."""

    def stored_files(self) -> Iterable[str]:
        """The hashes of all stored files that rows name, each once."""


@dataclass(slots=True)
class Made:
    """A finished archive and what could not go into it as it should."""

    path: Path
    manifest: Manifest
    removed: list[Path] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every stored file was on disk, undamaged."""
        return not self.manifest.missing and not self.manifest.damaged


def make(target: Path, *, keep: int | None, with_keys: bool, progress: Progress) -> Made:
    """Write an archive to a new file, or into a folder under a name with the time; then keep the newest `keep` there.

    Raises BackupRefused with a sentence, also when the disk is full; then nothing is left behind.
    """
    into_folder = target.is_dir()
    if keep is not None and (keep < 1 or not into_folder):
        raise BackupRefused("--keep takes a number from 1 and goes with a folder as the target.")
    now = clock.now()
    path = target / f"rapport-{now.strftime(_TIME)}.tar.gz" if into_folder else target
    compressed = archive.is_compressed(path)
    if path.exists():
        raise BackupRefused(f"{path} exists already. Name another file.")
    try:
        with archive.work_folder(path) as work:
            snapshot = _snapshot()
            snapshot.take(work, progress)
            now = clock.now()
            part = work / "archive"
            with Writer(part, compressed=compressed) as writer:
                made = _fill(writer, snapshot, now, with_keys, progress)
                writer.close()
            archive.put_in_place(part, path)
    except OSError as error:
        raise BackupRefused(_why(error, path)) from None
    return Made(path, made, _forget_old(target, keep) if keep else [])


def _snapshot() -> Snapshot:
    if connection.vendor == "postgresql":
        from rapport.backups.postgresql import PostgresqlSnapshot

        return PostgresqlSnapshot()
    from rapport.backups.sqlite import SqliteSnapshot

    return SqliteSnapshot(Path(settings.DATABASES["default"]["NAME"]))


def _fill(writer: Writer, snapshot: Snapshot, now: datetime, with_keys: bool, progress: Progress) -> Manifest:
    about = About(
        manifest.FORMAT, _product(), snapshot.kind, now.isoformat(), snapshot.migrations(),
        list(settings.KEY_RING.key_ids), with_keys,
    )  # fmt: skip
    members = {manifest.ABOUT: writer.add_bytes(manifest.ABOUT, manifest.to_json(about))}
    if with_keys:
        members[manifest.KEYS] = writer.add_path(manifest.KEYS, settings.ENVIRONMENT.key_file)
    tables = snapshot.tables()
    for number, (name, place) in enumerate(snapshot.parts()):
        progress("Writing the database", number, None)
        members[name] = writer.add_path(name, place)
    files = _add_files(writer, snapshot.stored_files(), progress)
    members[manifest.FILES] = writer.add_bytes(manifest.FILES, "".join(files.lines).encode())
    made = Manifest(
        about, tables, members, len(files.lines), files.size, sequences=snapshot.sequences(), missing=files.missing,
        damaged=files.damaged,
    )  # fmt: skip
    sealed = writer.add_bytes(manifest.MANIFEST, made.to_bytes())
    writer.add_bytes(manifest.SEAL, f"{sealed.sha256}\n".encode())
    return made


@dataclass(slots=True)
class _Files:
    lines: list[str] = field(default_factory=list)
    size: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)

    def note(self, sha256: str, member: Member) -> None:
        self.lines.append(f"{sha256} {member.size}\n")
        self.size += member.size
        if member.sha256 != sha256:
            self.damaged[sha256] = member.sha256


def _add_files(writer: Writer, hashes: Iterable[str], progress: Progress) -> _Files:
    files = _Files()
    for sha256 in hashes:
        try:
            path = storing.path_of(sha256)
            files.note(sha256, writer.add_path(manifest.file_name(sha256), path))
        except (FileNotFoundError, ValueError):
            files.missing.append(sha256)
        progress("Copying files", len(files.lines), None)
    return files


def _forget_old(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest archives of this folder, oldest first; only those named as we name them."""
    old = sorted(path for path in folder.glob(_NAME) if path.is_file())[:-keep]
    for path in old:
        path.unlink()
    return old


def _product() -> str:
    try:
        return version("rapport")
    except PackageNotFoundError:
        return "a checkout"


def _why(error: OSError, path: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        free = shutil.disk_usage(path.parent).free // 2**20
        return f"The disk of {path.parent} is full ({free} MB free). No backup was made. Free space or choose another disk."
    return f"No backup was made: {error}."
