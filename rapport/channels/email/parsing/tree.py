"""The MIME tree, read in one pass per level within the limits; offsets into the raw message instead of copies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rapport.channels.email.parsing.headers import Headers, read_headers
from rapport.channels.email.parsing.limits import Reading
from rapport.channels.email.parsing.parameters import read_content_type, read_parameters
from rapport.channels.email.parsing.transfer import decode_transfer

_ENDING = re.compile(r"^[^\n]{1,200}\.[A-Za-z0-9]{2,5}$")
# A line that begins a part for certain, then any line that may: a rule above a signature begins with dashes too.
_GUESSES = (
    re.compile(rb"(?mi)^--([^\r\n]{1,200}?)[ \t]*\r?\ncontent-[a-z-]{1,40}[ \t]*:"),
    re.compile(rb"(?m)^--([^\r\n]{1,200}?)[ \t]*\r?$"),
)
_HEADER = re.compile(rb"[!-9;-~]{1,80}[ \t]*:|[ \t]")
_HIDDEN_WITHIN = 4096


@dataclass(slots=True)
class Part:
    """A node of the tree: its headers, its type, and where its body stands in the raw message."""

    headers: Headers
    mime: str
    parameters: dict[str, str]
    raw: bytes = field(repr=False)
    start: int = 0
    body: int = 0
    end: int = 0
    depth: int = 0
    children: list[Part] = field(default_factory=list)
    disposition: str = ""
    disposition_parameters: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body with its transfer encoding undone."""
        return self.beginning(self.end - self.body)

    def beginning(self, length: int) -> bytes:
        """What the first `length` bytes of the body stand for, without a copy of the rest."""
        encoded = memoryview(self.raw)[self.body : min(self.end, self.body + length)]
        return decode_transfer(encoded, self.headers.get("content-transfer-encoding"))

    @property
    def filename(self) -> str:
        """The name the sender gave, decoded but not cleaned, or ''."""
        return self.disposition_parameters.get("filename", "") or self.parameters.get("name", "")

    @property
    def guessed_filename(self) -> str:
        """Else what stands elsewhere and may be a name: the end of an address, a description with a file's ending."""
        described = self.headers.text("content-description")
        return (
            self.filename
            or self.headers.get("content-location").rsplit("/", 1)[-1]
            or (described if _ENDING.search(described) else "")
        )

    @property
    def cid(self) -> str:
        """The Content-ID without brackets."""
        return self.headers.get("content-id").strip().strip("<>").strip()[:250]


def read_tree(raw: bytes, reading: Reading, *, depth: int = 0) -> Part:
    """The tree of a whole message, or of what was found `depth` levels inside one."""
    return _read_part(raw, 0, len(raw), reading, depth=depth)


def _read_part(
    raw: bytes, start: int, end: int, reading: Reading, *, depth: int = 0, default: str = "text/plain"
) -> Part:
    reading.parts += 1
    headers, body = read_headers(raw, start, end, reading)
    mime, parameters = read_content_type(headers.get("content-type"), default)
    part = Part(headers, mime, parameters, raw, start, body, end, depth)
    if not mime.startswith(("multipart/", "message/")):
        _look_for_parts(part)
        mime = part.mime
    if headers.has("content-disposition"):
        part.disposition, part.disposition_parameters = read_parameters(headers.get("content-disposition"))
    if mime.startswith("multipart/") or mime in ("message/rfc822", "message/global"):
        if depth >= reading.limits.depth:
            reading.problem(f"parts nested deeper than {reading.limits.depth}: what lies below was not read")
        elif mime.startswith("multipart/"):
            _read_children(part, reading)
        else:
            _read_message(part, reading)
    return part


def _look_for_parts(part: Part) -> None:
    """Whether there are parts although the type does not say so: it is misspelt, stands twice, or is gone."""
    declared = part.headers.all("content-type")
    kinds = [(part.mime, part.parameters)] if len(declared) < 2 else [read_content_type(value) for value in declared]
    for mime, parameters in kinds:
        boundary = parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
        if boundary and part.raw.find(b"--" + boundary, part.body, part.end) >= 0:
            part.mime = mime if mime.startswith("multipart/") else "multipart/mixed"
            part.parameters = parameters
            return
    if part.depth == 0 and part.mime == "text/plain" and (hidden := _hidden_boundary(part, typed=bool(declared))):
        part.mime, part.parameters = "multipart/mixed", {"boundary": hidden}


def _hidden_boundary(part: Part, *, typed: bool) -> str:
    """The boundary of a message that lost its type, or got a wrong one: its text begins with a part.

    Without a type the headers themselves may stand below a blank line that came too early.
    """
    window = part.raw[part.body : min(part.end, part.body + _HIDDEN_WITHIN)]
    match = _GUESSES[0].search(window) if b"--" in window else None
    if match is None or part.raw.find(b"\n--" + match.group(1) + b"--", part.body, part.end) < 0:
        return ""
    above = window[: window.find(b"--" + match.group(1))].split(b"\n")
    told = all(not line.strip() or b"MIME" in line or (not typed and _HEADER.match(line)) for line in above)
    return match.group(1).decode("utf-8", "replace") if told else ""


def _read_message(part: Part, reading: Reading) -> None:
    """The message inside a message/rfc822 part becomes its one child."""
    if reading.parts >= reading.limits.parts:
        return
    encoding = part.headers.get("content-transfer-encoding").strip().lower()
    raw, start, end = part.raw, part.body, part.end
    if encoding in ("base64", "quoted-printable"):
        if not reading.unpack(end - start):
            return
        raw = part.content
        start, end = 0, len(raw)
    while start < end and raw[start : start + 1] in b"\r\n":
        start += 1
    part.children.append(_read_part(raw, start, end, reading, depth=part.depth + 1))


def _read_children(part: Part, reading: Reading) -> None:
    boundary = _boundary(part)
    if not boundary:
        reading.problem("a multipart without a boundary was read as text")
        part.mime = "text/plain"
        return
    default = "message/rfc822" if part.mime == "multipart/digest" else "text/plain"
    starts = _delimited(part, boundary, most=reading.limits.parts + 1)
    if not starts and (guess := _guessed_boundary(part)):
        starts = _delimited(part, guess, most=reading.limits.parts + 1)
    if not starts:
        starts = _delimited(part, boundary, most=reading.limits.parts + 1, indent=rb"[ \t>]{1,8}")
    if not starts and _read_encoded(part, reading):
        return
    if not starts:
        reading.problem("a multipart without any part was read as text")
        part.mime = "text/plain" if not _looks_like_html(part) else "text/html"
        return
    for start, end in starts:
        if reading.parts >= reading.limits.parts:
            reading.problem(f"more than {reading.limits.parts} parts: the rest was not read")
            return
        part.children.append(_read_part(part.raw, start, end, reading, depth=part.depth + 1, default=default))


def _boundary(part: Part) -> bytes:
    boundary = part.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
    if boundary and part.raw.find(b"--" + boundary, part.body, part.end) >= 0:
        return boundary
    return _guessed_boundary(part) or boundary


def _guessed_boundary(part: Part) -> bytes:
    for guess in _GUESSES:
        if match := guess.search(part.raw, part.body, part.end):
            return match.group(1).removesuffix(b"--")
    return b""


def _read_encoded(part: Part, reading: Reading) -> bool:
    """Some encode a multipart as a whole, which nobody may: its parts are read from what it stands for."""
    if part.headers.get("content-transfer-encoding").strip().lower() != "base64":
        return False
    if not reading.unpack(part.end - part.body):
        return False
    raw = b"\n" + part.content
    unpacked = Part(part.headers, part.mime, part.parameters, raw, 0, 1, len(raw), part.depth)
    if not _delimited(unpacked, _boundary(unpacked), most=1):
        return False
    unpacked.headers = Headers([])
    _read_children(unpacked, reading)
    part.children = unpacked.children
    return True


def _delimited(part: Part, boundary: bytes, *, most: int, indent: bytes = b"") -> list[tuple[int, int]]:
    """Start and end of the first `most` body parts; a missing closing line ends the last one where the container ends.

    A closing line with further parts behind it closed something else: an inner multipart of the same boundary, say.
    """
    # The body begins behind a line feed. A pattern that begins with a literal is found twice as fast as one with "^".
    pattern = re.compile(rb"\n" + indent + rb"--" + re.escape(boundary) + rb"(--)?[ \t\r]*(?=\n|\Z)")
    found: list[tuple[int, int]] = []
    open_at = -1
    for match in pattern.finditer(part.raw, max(part.body - 1, 0), part.end):
        if open_at >= 0:
            found.append((open_at, _without_line_end(part.raw, open_at, match.start() + 1)))
        open_at = -1 if match.group(1) else min(match.end() + 1, part.end)
        if len(found) >= most:
            open_at = -1
            break
    if open_at >= 0 and open_at < part.end:
        found.append((open_at, part.end))
    return found


def _without_line_end(raw: bytes, start: int, end: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    if end > start and raw[end - 1 : end] == b"\n":
        end -= 1
        if end > start and raw[end - 1 : end] == b"\r":
            end -= 1
    return end


def _looks_like_html(part: Part) -> bool:
    return b"<html" in part.raw[part.body : min(part.end, part.body + 2000)].lower()
