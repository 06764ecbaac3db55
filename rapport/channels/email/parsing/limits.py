"""How much of a message is read before the reader stops and says so."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one message: sizes in bytes, the rest as counts."""

    message: int = 50 * 1024 * 1024
    depth: int = 32
    parts: int = 1000
    headers: int = 1000
    header: int = 64 * 1024
    html: int = 4 * 1024 * 1024  # longer HTML is shown as text only


@dataclass(slots=True)
class Reading:
    """The state of one reading: what is left of the limits, and what went wrong, each sentence once."""

    limits: Limits
    parts: int = 0
    problems: list[str] = field(default_factory=list)

    def problem(self, sentence: str) -> None:
        """Note a problem, at most once and at most a hundred in all."""
        if sentence not in self.problems and len(self.problems) < 100:
            self.problems.append(sentence)
