"""Another time of day for a product: libfaketime, whose offset can be changed while the processes run."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from tests.servers.absence import absent

_PLACES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")


class ShiftedClock:
    """`settings` go into the environment of the processes. Clocks that only measure durations stay true."""

    def __init__(self, folder: Path) -> None:
        found = [path for place in _PLACES for path in Path("/").glob(place[1:])]
        if not found:
            absent("libfaketime is not installed (Debian: apt-get install faketime)")
        self._file = folder / "clock"
        self._offset = 0.0
        self.shift(seconds=0)
        self.settings = {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def now(self) -> datetime:
        """What the processes take for the time."""
        return datetime.fromtimestamp(time.time() + self._offset, UTC)

    def shift(self, *, seconds: float) -> None:
        """Jump by so much, forth or back; the processes notice within a second."""
        self._set(self._offset + seconds)

    def stand_at(self, moment: datetime) -> None:
        """Jump to this moment; time goes on from there."""
        self._set(moment.timestamp() - time.time())

    def _set(self, offset: float) -> None:
        self._offset = offset
        temporary = self._file.with_suffix(".new")
        temporary.write_text(f"{offset:+.3f}\n")
        temporary.replace(self._file)
