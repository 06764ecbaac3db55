"""Bringing in old mail from files: mbox, Maildir, a folder of .eml files or one mail. Idempotent, so resumable."""

from __future__ import annotations

import hashlib
import mailbox
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rapport.channels.models import Inbox
from rapport.intake.accepting import BYTES_TOGETHER, TOGETHER, Arriving, Source, accept_all
from rapport.intake.errors import NothingToImport

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: mails read, mails new to the installation's store, mails that were stored before."""

    read: int
    stored: int
    known: int


def import_mail(path: Path, *, inbox: Inbox, progress: Progress | None = None, historic: bool = True) -> Imported:
    """Accept every mail found under `path`; the worker processes them like any other, only without consequences.

    Each mail's key is the digest of its bytes, so a second or interrupted run stores nothing twice, and two archives
    that use the same names are still two. `progress` gets (done, total). Raises NothingToImport when the path holds
    no mail in a form we know.
    """
    total, mails = _open(path)
    stored = done = 0
    for batch in _batches(mails):
        arrivals = [Arriving(raw, inbox, Source("import", hashlib.sha256(raw).hexdigest(), historic)) for raw in batch]
        stored += sum(row is not None for row in accept_all(arrivals))
        for _ in batch:
            done += 1
            if progress:
                progress(done, total)
    return Imported(read=done, stored=stored, known=done - stored)


def _open(path: Path) -> tuple[int, Iterator[bytes]]:
    """How many mails there are and an iterator of their raw bytes."""
    if (path / "cur").is_dir() or (path / "new").is_dir():
        maildir = mailbox.Maildir(path, factory=None, create=False)
        keys = sorted(maildir.keys())
        return len(keys), (maildir.get_bytes(key) for key in keys)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.eml") if file.is_file())
        if not files:
            raise NothingToImport(str(path))
        return len(files), (file.read_bytes() for file in files)
    if path.is_file() and _is_mbox(path):
        box = mailbox.mbox(path, factory=None, create=False)
        return len(box), (box.get_bytes(number) for number in box.keys())  # noqa: SIM118
    if path.is_file() and path.stat().st_size:
        return 1, iter([path.read_bytes()])
    raise NothingToImport(str(path))


def _batches(mails: Iterator[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for raw in mails:
        batch.append(raw)
        if len(batch) >= TOGETHER or sum(map(len, batch)) >= BYTES_TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"From "
