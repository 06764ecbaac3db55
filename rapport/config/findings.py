"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `cure` is empty when it is well; `is_fatal`: Rapport cannot work like this."""

    what: str
    cure: str = ""
    is_fatal: bool = False

    @property
    def grade(self) -> str:
        """ok, look or fail."""
        return "ok" if not self.cure else "fail" if self.is_fatal else "look"
