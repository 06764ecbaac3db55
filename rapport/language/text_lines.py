"""Lines of a message, cleaned once so that every later question about them is cheap."""

from __future__ import annotations

from dataclasses import dataclass

# Longer lines are judged by their beginning: no client writes a marker that far right.
JUDGED_LENGTH = 400

# What stands lower is one single line: shown, never searched for markers.
MOST_LINES = 5_000

# Invisible direction marks and joiners that clients sprinkle around; NBSP becomes a space.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u00ad"))
_CLEANED = {**_INVISIBLE, 0x00A0: " ", 0x202F: " ", 0x2007: " ", 0x3000: " ", 0x09: " ", 0x0D: ""}


def fold(text: str) -> str:
    """Case-folded for comparing; the Turkish İ counts as i, for it begins words that are written small elsewhere."""
    return text.casefold() if text.isascii() else text.casefold().replace("i̇", "i")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `raw` is shown, `clean` is judged (no markers, trimmed), `folded` is `clean` case-folded."""

    raw: str
    clean: str
    folded: str
    depth: int  # how often it is quoted; 0 is the writer's own

    @property
    def blank(self) -> bool:
        """Nothing to read on it, not counting quote markers."""
        return not self.clean

    @property
    def quoted(self) -> bool:
        """It carries a quote marker."""
        return self.depth > 0


def make_line(raw: str, depth: int = 0) -> Line:
    """Judge one line. `depth` is what the surrounding markup says already; markers in the text add to it."""
    judged = raw[:JUDGED_LENGTH]
    if not judged.isascii() or "\t" in judged or "\r" in judged:
        judged = judged.translate(_CLEANED)
    judged = judged.strip()
    while judged[:1] in (">", "＞"):
        depth += 1
        judged = judged[1:].lstrip()
    return Line(raw=raw, clean=judged, folded=fold(judged), depth=depth)


def lines_of(text: str) -> list[Line]:
    """Cut text into judged lines; CRLF and CR count as LF."""
    return [make_line(raw) for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n", MOST_LINES)]


def next_readable(lines: list[Line], start: int, stop: int) -> int:
    """Index of the first line at or after `start` with something on it, or `stop`."""
    while start < stop and lines[start].blank:
        start += 1
    return start


def shown(lines: list[Line]) -> str:
    """The lines as text again, without blank lines around."""
    return "\n".join(line.raw for line in lines).strip("\r\n").rstrip() if lines else ""
