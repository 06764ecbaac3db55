"""Writing and reading the tar file: one pass each, every byte hashed on its way, and a name only for what is whole."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import IO, Self

from rapport.backups.errors import ArchiveDamaged, BackupRefused
from rapport.backups.manifest import Member, is_known_name
from rapport.kit.durable import fsync_dir

SUFFIXES = (".tar", ".tar.gz")
CHUNK = 1024 * 1024
_WORK = ".rapport-backup-"
# Mail compresses well at any level; the lowest keeps up with the disk.
_LEVEL = 1
BROKEN = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError)


class _Hashing(io.RawIOBase):
    """Reads through to `source` and knows the hash of what went by."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        self.size += len(data)
        return data

    @property
    def member(self) -> Member:
        return Member(self.digest.hexdigest(), self.size)


class Writer:
    """An archive that is being written; `close()` is only for one that is complete."""

    def __init__(self, path: Path, *, compressed: bool) -> None:
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        os.fchmod(self._file.fileno(), 0o600)
        self._gzip = gzip.GzipFile("", "wb", _LEVEL, self._file, mtime=0) if compressed else None
        self._tar = tarfile.open(fileobj=self._gzip or self._file, mode="w", format=tarfile.GNU_FORMAT)  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add_bytes(self, name: str, data: bytes) -> Member:
        """One small file."""
        return self._add(name, io.BytesIO(data), len(data))

    def add_path(self, name: str, path: Path) -> Member:
        """One file from disk; its size and the hash of what was read. Raises OSError."""
        with path.open("rb") as source:
            return self._add(name, source, os.fstat(source.fileno()).st_size)

    def close(self) -> None:
        """Write the end and wait for the disk. Raises OSError."""
        self._tar.close()
        if self._gzip is not None:
            self._gzip.close()
        self._file.flush()
        os.fsync(self._file.fileno())

    def _add(self, name: str, source: IO[bytes], size: int) -> Member:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        hashing = _Hashing(source)
        self._tar.addfile(entry, hashing)
        self._tar.members = []  # type: ignore[attr-defined]  # a million of them would fill the memory
        return hashing.member


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive while it is read: `read` it before the next one is asked for."""

    name: str
    size: int
    _stream: IO[bytes]

    def read(self, limit: int) -> bytes:
        """The whole content. Raises ArchiveDamaged when there is more than `limit`."""
        if self.size > limit:
            raise ArchiveDamaged(f"{self.name} is too large.")
        return self._stream.read()

    def copy_to(self, path: Path) -> Member:
        """Write it to a new file that only this user reads; its hash and size. Raises OSError, ArchiveDamaged."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        hashing = _Hashing(self._stream)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            while chunk := hashing.read(CHUNK):
                target.write(chunk)
        return hashing.member

    def pass_by(self) -> Member:
        """Its hash and size."""
        hashing = _Hashing(self._stream)
        while hashing.read(CHUNK):
            pass
        return hashing.member


def read_entries(path: Path) -> Iterator[Entry]:
    """The files of an archive in order. Raises ArchiveDamaged for what cannot be read or must not be there, OSError."""
    try:
        with path.open("rb") as raw:
            is_gzip = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            source: IO[bytes] = gzip.GzipFile(fileobj=raw) if is_gzip else raw  # type: ignore[assignment]
            with tarfile.open(fileobj=source, mode="r|") as tar:
                for info in tar:
                    tar.members = []  # type: ignore[attr-defined]
                    stream = tar.extractfile(info) if info.isreg() else None
                    if stream is None or not is_known_name(info.name):
                        raise ArchiveDamaged(f"{path} holds {info.name[:100]!r}, which no backup of Rapport holds.")
                    yield Entry(info.name, info.size, stream)
            while source.read(CHUNK):  # to the end of a compressed file stands its own checksum
                pass
    except BROKEN as error:
        raise damaged(path, error) from None


def damaged(path: Path, error: Exception) -> ArchiveDamaged:
    """What to say when reading broke off with one of BROKEN."""
    return ArchiveDamaged(f"{path} is cut off or damaged ({error}). Use another backup.")


def is_compressed(path: Path) -> bool:
    """What the name asks for. Raises BackupRefused for a name that says neither."""
    if not path.name.endswith(SUFFIXES):
        raise BackupRefused(f"{path} must end with .tar or .tar.gz, or be a folder that exists.")
    return path.name.endswith(".gz")


@contextmanager
def work_folder(target: Path) -> Iterator[Path]:
    """A folder beside the target for what is not complete yet; gone afterwards. Removes those that killed runs left.

    Raises BackupRefused when the place cannot be written.
    """
    folder = target.parent / f"{_WORK}{token_hex(6)}"
    try:
        _sweep(target.parent)
        folder.mkdir(mode=0o700)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise BackupRefused(f"{target.parent} cannot be written: {error.strerror}.") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def put_in_place(part: Path, target: Path) -> None:
    """Give a complete archive its name, durably, never over another file. Raises BackupRefused, OSError."""
    try:
        target.hardlink_to(part)
    except FileExistsError:
        raise BackupRefused(f"{target} exists already. Name another file.") from None
    except OSError:
        # A file system without hard links.
        if target.exists():
            raise BackupRefused(f"{target} exists already. Name another file.") from None
        part.rename(target)
    fsync_dir(target.parent)


def _sweep(folder: Path) -> None:
    """Remove the work folders whose run is dead: nobody holds their lock."""
    for left in folder.glob(f"{_WORK}*"):
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(handle)
