"""Putting bytes into the content-addressed store and taking them out again."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from secrets import token_hex

from django.conf import settings

from rapport.files.errors import FileMissing
from rapport.files.models import StoredFile
from rapport.kit import clock
from rapport.kit.durable import fsync_dir, write_all_durably, write_durably
from rapport.rows import making, writing

_CHUNK = 1024 * 1024


def path_of(sha256: str) -> Path:
    """Where the bytes with this hash lie: `<home>/files/ab/<sha256>`. Raises ValueError for anything but a hash."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("A stored file is named by 64 lower-case hexadecimal digits.")
    root: Path = settings.ENVIRONMENT.home / "files"
    return root / sha256[:2] / sha256


def write_blob(data: bytes) -> str:
    """Store bytes durably and return their sha256; without a row, for the raw-first step. Raises OSError."""
    sha256 = hashlib.sha256(data).hexdigest()
    target = path_of(sha256)
    if not target.exists():
        _make_folders([target.parent])
        write_durably(target, data)
    return sha256


def write_blobs(blobs: Sequence[bytes]) -> list[str]:
    """The same for several, which wait for the disk together. Raises OSError."""
    if len(blobs) == 1:
        return [write_blob(blobs[0])]
    names = [hashlib.sha256(data).hexdigest() for data in blobs]
    new = {path_of(name): data for name, data in zip(names, blobs, strict=True)}
    missing = [(target, data) for target, data in new.items() if not target.exists()]
    if missing:
        _make_folders(list(dict.fromkeys(target.parent for target, _ in missing)))
        write_all_durably(missing)
    return names


def store_bytes(data: bytes) -> StoredFile:
    """Store bytes durably and name them by a row in the current transaction. Raises OSError."""
    return _row(write_blob(data), len(data))


def name_blob(sha256: str, size: int) -> StoredFile:
    """Name bytes that write_blob() stored by a row in the current transaction."""
    return _row(sha256, size)


def store_path(path: Path) -> StoredFile:
    """Store the bytes of a spooled file; the spool is left to its owner. Raises OSError."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    target = path_of(digest.hexdigest())
    if not target.exists():
        _make_folders([target.parent])
        _copy_durably(path, target)
    return _row(digest.hexdigest(), size)


def read(sha256: str) -> bytes:
    """The stored bytes. Raises FileMissing when the row's file is not on disk."""
    try:
        return path_of(sha256).read_bytes()
    except FileNotFoundError as error:
        raise FileMissing(sha256) from error


def _row(sha256: str, size: int) -> StoredFile:
    row = making.new(StoredFile, sha256=sha256, size=size, created_at=clock.now())
    return row if writing.insert_if_new(row) else StoredFile.objects.get(sha256=sha256)


def _make_folders(folders: Collection[Path]) -> None:
    """Make some of the 256 folders and their names durable, once."""
    missing = [folder for folder in folders if not folder.is_dir()]
    for folder in missing:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if missing:
        fsync_dir(missing[0].parent)


def _copy_durably(source: Path, target: Path) -> None:
    """Copy through a temporary name, so that a target name always stands for whole bytes."""
    # A name of its own: two who store the same bytes at once must not write into one file.
    temporary = target.with_name(f".{target.name}.{token_hex(8)}.part")
    try:
        with source.open("rb") as reader, temporary.open("xb") as writer:
            shutil.copyfileobj(reader, writer, _CHUNK)
            writer.flush()
            os.fsync(writer.fileno())
        temporary.chmod(0o600)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    fsync_dir(target.parent)
