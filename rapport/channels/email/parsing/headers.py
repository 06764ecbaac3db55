"""The header block: splitting, unfolding and looking up, for blocks as broken as mail brings them."""

from __future__ import annotations

import re

from rapport.channels.email.parsing.charsets import decode_text
from rapport.channels.email.parsing.limits import Reading
from rapport.channels.email.parsing.words import decode_words

_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*")
_PARAMETER = re.compile(rb"[A-Za-z][A-Za-z0-9*-]{0,60}[ \t]*=")
_KNOWN = re.compile(
    rb"(?im)^(?:subject|from|to|cc|bcc|date|message-id|mime-version|content-[a-z-]+|received|return-path|reply-to|sender"
    rb"|in-reply-to|references|x-[a-z0-9-]+|delivered-to|dkim-signature|thread-[a-z]+|importance)[ \t]*:"
)
_FOLD = re.compile(r"[\r\n]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u2028\u2029]+")
_TOO_LONG = "a header longer than %d bytes was cut"
_MOST_GARBAGE = 100  # lines among headers that are none
_UNFOLDED = re.compile(rb"\n(?![ \t])")
_BLANK = re.compile(rb"(?:\r?\n|\r)(?=\r*\n|\r(?!\n)|\Z)")


class Headers:
    """Headers in order. Names are lower case, values unfolded text with encoded words still encoded."""

    __slots__ = ("_first", "items")

    def __init__(self, items: list[tuple[str, str]]) -> None:
        self.items = items
        self._first: dict[str, str] = {}
        for name, value in items:
            self._first.setdefault(name, value)

    def get(self, name: str) -> str:
        """The topmost value of a header, or ''."""
        return self._first.get(name, "")

    def has(self, name: str) -> bool:
        """Whether the header is there at all, be it empty."""
        return name in self._first

    def all(self, name: str) -> list[str]:
        """Every value of a header, topmost first."""
        return [value for key, value in self.items if key == name] if name in self._first else []

    def text(self, name: str) -> str:
        """The topmost value, decoded, as one line."""
        return one_line(decode_words(self.get(name)))


def one_line(value: str) -> str:
    """`value` without line breaks and control characters (a tab stays), trimmed."""
    return _CONTROL.sub(" ", _FOLD.sub(" ", value)).strip()


def read_headers(raw: bytes, start: int, end: int, reading: Reading) -> tuple[Headers, int]:
    """The header block at `start` and where the body behind it begins."""
    lines: list[list[bytes]] = []
    body, folded, garbage, after = end, 0, 0, start
    while after < end:
        line, at, after = _line(raw, after, end)
        if not line.strip(b"\r"):
            body = after
            break
        if line[:1] in b" \t" and lines:
            folded += len(line)
            if folded <= reading.limits.header:
                lines[-1].append(line)
            else:
                reading.problem(_TOO_LONG % reading.limits.header)
                after = _behind_folds(raw, after, end)
        elif _NAME.match(line):
            if len(lines) >= reading.limits.headers:
                reading.problem(f"more than {reading.limits.headers} headers: the rest was not read")
                body = _end_of_block(raw, after, end)
                break
            lines.append([line])
            folded = len(line)
        elif lines and lines[-1][-1].rstrip()[-1:] == b";" and _PARAMETER.match(line):
            lines[-1].append(line)  # folded without the blank that says so
        elif not line.strip() or (at == start and line.startswith((b"From ", b">From "))):
            continue
        elif garbage >= _MOST_GARBAGE or not _known_header_follows(raw, after, end):
            body = at
            break
        else:
            garbage += 1
    return Headers(_named(lines, reading)), body


def _line(raw: bytes, start: int, end: int) -> tuple[bytes, int, int]:
    """The line that begins there without its end, where it begins, and where the next does."""
    newline = raw.find(b"\n", start, end)
    after = end if newline < 0 else newline + 1
    return raw[start:after].rstrip(b"\n").rstrip(b"\r"), start, after


def _behind_folds(raw: bytes, start: int, end: int) -> int:
    """Where the next line begins that does not go on the one before."""
    match = _UNFOLDED.search(raw, start - 1, end)
    return match.end() if match else end


def _known_header_follows(raw: bytes, start: int, end: int) -> bool:
    """Whether a garbage line stands among headers rather than being the first line of a body."""
    window = min(end, start + 4096)
    blank = _BLANK.search(raw, start, window)
    return _KNOWN.search(raw, start, blank.start() if blank else window) is not None


def _end_of_block(raw: bytes, start: int, end: int) -> int:
    blank = re.compile(rb"\n\r?\n").search(raw, max(start - 1, 0), end)
    return blank.end() if blank else end


def _named(lines: list[list[bytes]], reading: Reading) -> list[tuple[str, str]]:
    items: list[tuple[str, str]] = []
    charset = ""
    for pieces in lines:
        line = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if len(line) > reading.limits.header:
            reading.problem(_TOO_LONG % reading.limits.header)
            line = line[: reading.limits.header]
        match = _NAME.match(line)
        if match is None:
            continue
        if not line.isascii() and not charset:
            charset = _declared_charset(lines)
        value = line[match.end() :]
        text = value.decode("ascii") if value.isascii() else decode_text(value, charset)
        items.append((match.group(1).decode("ascii").lower(), text.replace("\0", "").strip(" \t")))
    return items


def _declared_charset(lines: list[list[bytes]]) -> str:
    """Raw 8-bit headers are mostly written in the charset of the body."""
    for pieces in lines:
        if pieces[0][:13].lower() == b"content-type:":
            match = re.search(rb"(?i)charset\s*=\s*\"?([\w.:-]{1,40})", b"".join(pieces))
            return match.group(1).decode("ascii", "ignore") if match else "utf-8"
    return "utf-8"
