"""A place in memory for what tests write: what a kill leaves there is what it would leave on a disk, only sooner.

The restore waits for the whole disk (`sync`), and SQLite for each transaction: with a cluster of PostgreSQL beside them
that writes what nobody wants to keep, that was half of some tests' time.
"""

from __future__ import annotations

import os
from pathlib import Path

PLACE = Path("/dev/shm")
ROOM = 6 * 2**30  # a run needs half of one at most; in a container there are often 64 MB


def place() -> Path | None:
    """A folder for anybody's temporary folders, in memory. None where there is none or too little room."""
    try:
        figures = os.statvfs(PLACE)
    except OSError:
        return None
    roomy = figures.f_bavail * figures.f_frsize > ROOM and not figures.f_flag & os.ST_NOEXEC
    return PLACE if roomy and os.access(PLACE, os.W_OK | os.X_OK) else None
