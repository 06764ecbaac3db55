"""The checksum of a table: equal for the same rows, in whatever order they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_MODULUS = 1 << 128


class RowSum:
    """Counts rows and adds up their hashes; the sum does not depend on their order, and counts repeated rows."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, row: bytes) -> None:
        """One row, in the canonical writing of its database."""
        self.rows += 1
        self._sum += int.from_bytes(hashlib.sha256(row).digest()[:16], "big")

    def add_all(self, rows: Iterable[bytes]) -> None:
        """Many rows."""
        for row in rows:
            self.add(row)

    @property
    def checksum(self) -> str:
        """32 hexadecimal digits."""
        return f"{self._sum % _MODULUS:032x}"
