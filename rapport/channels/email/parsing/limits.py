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
    text: int = 4 * 1024 * 1024  # of all that is to be read by people, as it stands in the mail
    unpacked: int = 100 * 1024 * 1024  # of all files together: nested messages hold the same bytes again and again


@dataclass(slots=True)
class Reading:
    """The state of one reading: what is left of the limits, and what went wrong, each sentence once."""

    limits: Limits
    parts: int = 0
    text: int = 0
    unpacked: int = 0
    problems: list[str] = field(default_factory=list)

    def take_text(self, length: int) -> int:
        """How much of a text so long may still be read. Says so when it is not all."""
        taken = min(length, max(self.limits.text - self.text, 0))
        self.text += taken
        if taken < length:
            self.problem(f"more than {self.limits.text} bytes of text: the rest was not read")
        return taken

    def unpack(self, length: int) -> bool:
        """Whether so many bytes more may be taken out of the message. Says so when they may not."""
        if self.unpacked + length > self.limits.unpacked:
            self.problem(f"more than {self.limits.unpacked} bytes of files: the rest was not unpacked")
            return False
        self.unpacked += length
        return True

    def problem(self, sentence: str) -> None:
        """Note a problem, at most once and at most a hundred in all."""
        if sentence not in self.problems and len(self.problems) < 100:
            self.problems.append(sentence)
