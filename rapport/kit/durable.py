"""Files that are either wholly there or not there at all, also after a power cut."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

Item = TypeVar("Item")

_AT_ONCE = 8  # a disk that syncs several files at once takes hardly longer than for one


def write_durably(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put `data` at `path`: when this returns, name and content are on disk; before that, the old file stands.

    The folder must exist. Raises OSError (disk full, no permission), leaving no temporary file behind.
    """
    temporary = path.with_name(f".{path.name[:100]}.{token_hex(8)}.tmp")
    try:
        _write_synced(temporary, data, mode)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    fsync_dir(path.parent)


def write_all_durably(files: Sequence[tuple[Path, bytes]]) -> None:
    """Put all of these in their places, as write_durably() does with one; they wait for the disk together.

    Raises OSError; then some of them may be in their places, whole.
    """
    temporaries = [path.with_name(f".{path.name[:100]}.{token_hex(8)}.tmp") for path, _ in files]
    try:
        _each_at_once(
            lambda one: _write_synced(one[0], one[1], 0o600),
            [(temporary, data) for temporary, (_, data) in zip(temporaries, files, strict=True)],
        )
        for temporary, (path, _) in zip(temporaries, files, strict=True):
            temporary.replace(path)
    except BaseException:
        for temporary in temporaries:
            with suppress(OSError):
                temporary.unlink()
        raise
    _each_at_once(fsync_dir, list(dict.fromkeys(path.parent for path, _ in files)))


def _each_at_once(do: Callable[[Item], None], items: Sequence[Item]) -> None:
    """Do it with all of them, a share of them in each thread. Raises what the first share that failed raised."""

    def do_share(share: Sequence[Item]) -> None:
        for item in share:
            do(item)

    threads = _threads(os.getpid())
    shares = [threads.submit(do_share, items[first::_AT_ONCE]) for first in range(min(_AT_ONCE, len(items)))]
    failed = [error for each in shares if (error := each.exception())]
    if failed:
        raise failed[0]


@cache
def _threads(pid: int) -> ThreadPoolExecutor:
    """This process's own: a fork has none of its parent's threads."""
    return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix=f"syncing-{pid}")


def fsync_dir(folder: Path) -> None:
    """Make names just created, renamed or removed in `folder` survive a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_synced(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb", buffering=0) as file:
        # The umask may only take rights away at creation; the caller's mode is meant exactly.
        os.fchmod(file.fileno(), mode)
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
