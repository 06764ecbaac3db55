"""A disk of its own, small enough to be filled: a tmpfs, mounted by root or by sudo."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers.absence import absent

_PIECE = 64 * 1024


class SmallDisk:
    """Mounted at `path`. `fill()` leaves so many bytes, `free()` gives all back."""

    def __init__(self, path: Path, *, megabytes: int = 64) -> None:
        self.path = path
        path.mkdir(parents=True)
        options = f"size={megabytes}m,mode=0700,uid={os.geteuid()},gid={os.getegid()}"
        done = subprocess.run([*_as_root(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)], check=False)
        if done.returncode and os.geteuid() == 0:
            pytest.skip("this container may not mount a tmpfs (it lacks CAP_SYS_ADMIN)")
        if done.returncode:
            absent("No tmpfs can be mounted here (it needs root, or sudo without a password)")

    def left(self) -> int:
        """Bytes that are free."""
        figures = os.statvfs(self.path)
        return figures.f_bavail * figures.f_frsize

    def fill(self, *, leave: int = 0) -> None:
        """Take everything but so many bytes. What others free meanwhile is taken by the next call."""
        with suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            while (more := self.left() - leave) > 0:
                file.write(bytes(min(_PIECE, more)))

    def free(self) -> None:
        """There is room again."""
        self._ballast.unlink(missing_ok=True)

    def remove(self) -> None:
        """Unmount, also while something still has a file open there."""
        subprocess.run([*_as_root(), "umount", "-l", str(self.path)], check=False)

    @property
    def _ballast(self) -> Path:
        return self.path / "ballast"


def _as_root() -> list[str]:
    return [] if os.geteuid() == 0 else ["sudo", "-n"]
