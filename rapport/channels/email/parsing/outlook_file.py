"""An Outlook .msg file as the mail it holds (MS-OXMSG): rewritten as a mail, so that everything else reads it as one."""

from __future__ import annotations

import hashlib
import io
import struct
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from rapport.channels.email.parsing.charsets import decode_text
from rapport.channels.email.parsing.rtf import decompress_rtf, read_rtf

if TYPE_CHECKING:
    import olefile

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_FILES = 1000
DEEPEST = 8

_SUBJECT, _BODY, _HTML, _RTF, _HEADERS = 0x0037, 0x1000, 0x1013, 0x1009, 0x007D
_FROM_NAME, _FROM_EMAIL, _FROM_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_ID, _ANSWERS, _REFERENCES = 0x1035, 0x1042, 0x1039
_SENT, _DELIVERED, _CODEPAGE, _HTML_CODEPAGE = 0x0039, 0x0E06, 0x3FFD, 0x3FDE
_NAME, _EMAIL, _SMTP, _ROLE = 0x3001, 0x3003, 0x39FE, 0x0C15
_DATA, _LONG_FILENAME, _FILENAME, _MIME, _CID, _METHOD = 0x3701, 0x3707, 0x3704, 0x370E, 0x3712, 0x3705
_EMBEDDED = 5
_ROLES = {1: "To", 2: "Cc"}
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def is_outlook_file(raw: bytes) -> bool:
    """Whether these bytes are an OLE file, as every .msg is (and every old Word document)."""
    return raw.startswith(SIGNATURE)


def mail_of(raw: bytes) -> bytes | None:
    """The mail in a .msg file; None for an OLE file that holds none. Raises OSError or another error for a damaged one."""
    import olefile  # a tenth of a second, and most mail needs it never

    with olefile.OleFileIO(io.BytesIO(raw)) as file:
        if not file.exists("__properties_version1.0"):
            return None
        return _Storage(file, [], header=32).as_mail(0)


class _Storage:
    """A message, a recipient or an attachment: a folder of the file with properties in it."""

    def __init__(self, file: olefile.OleFileIO, path: list[str], *, header: int, codepage: int = 1252) -> None:
        self._file, self._path = file, path
        self._fixed = self._read_fixed(header)
        self._codepage = self.number(_CODEPAGE) or codepage

    def _read_fixed(self, header: int) -> dict[int, bytes]:
        data = self._stream("__properties_version1.0")
        entries = (data[at : at + 16] for at in range(header, len(data) - 15, 16))
        return {struct.unpack_from("<H", entry, 2)[0]: entry[8:] for entry in entries}

    def _stream(self, name: str) -> bytes:
        path = [*self._path, name]
        return self._file.openstream(path).read() if self._file.exists(path) else b""

    def bytes_of(self, tag: int) -> bytes:
        """A binary property, or b''."""
        return self._stream(f"__substg1.0_{tag:04X}0102")

    def text(self, tag: int) -> str:
        """A text property, or ''."""
        wide = self._stream(f"__substg1.0_{tag:04X}001F")
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return decode_text(self._stream(f"__substg1.0_{tag:04X}001E").rstrip(b"\0"), f"cp{self._codepage}")

    def line(self, tag: int) -> str:
        """A text property as one line without control characters."""
        return "".join(sign if sign.isprintable() else " " for sign in self.text(tag)).strip()

    def number(self, tag: int) -> int:
        """A whole number, or 0."""
        value: int = struct.unpack_from("<i", self._fixed.get(tag, bytes(8)))[0]
        return value

    def moment(self, tag: int) -> datetime | None:
        """A point in time, if there is one that a calendar knows."""
        ticks: int = struct.unpack_from("<Q", self._fixed.get(tag, bytes(8)))[0]
        try:
            return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return None

    def below(self, prefix: str, *, header: int) -> list[_Storage]:
        """The storages of a kind directly in this one."""
        depth = len(self._path)
        names = dict.fromkeys(
            path[depth]
            for path in self._file.listdir(streams=True, storages=False)
            if path[:depth] == self._path and len(path) > depth + 1 and path[depth].startswith(prefix)
        )
        return [
            _Storage(self._file, [*self._path, name], header=header, codepage=self._codepage)
            for name in list(names)[:MOST_FILES]
        ]

    def embedded(self) -> _Storage:
        """The message an attachment is."""
        return _Storage(self._file, [*self._path, "__substg1.0_3701000D"], header=24, codepage=self._codepage)

    def as_mail(self, depth: int) -> bytes:
        """This message as a mail. What is binary stays binary: the reader needs no encoding."""
        html, charset = self._html()
        text = self.text(_BODY).encode("utf-8", "replace")
        versions = [_part("Content-Type: text/plain; charset=utf-8", text)] if text else []
        versions += [_part(f"Content-Type: text/html; charset={charset}", html)] if html else []
        boundary = hashlib.sha256(b"".join(self._path_bytes()) + html[:65536]).hexdigest()
        files = [_file_part(one, depth) for one in self.below("__attach_version1.0_#", header=8)]
        head = [line.encode("utf-8", "replace") + b"\r\n" for line in [*self._head(), "MIME-Version: 1.0"]]
        # Joined once: on the way here large files are only passed on.
        return b"".join(
            head + _multipart("mixed", boundary + "m", [_multipart("alternative", boundary + "a", versions), *files])
        )

    def _path_bytes(self) -> list[bytes]:
        return [name.encode("utf-8", "replace") for name in self._path]

    def _html(self) -> tuple[bytes, str]:
        if data := self.bytes_of(_HTML):
            page = self.number(_HTML_CODEPAGE)
            return data, "utf-8" if page in (0, 65001) else f"cp{page}"
        html = self.text(_HTML)
        if not html:
            text, html = read_rtf(decompress_rtf(self.bytes_of(_RTF)))
            if not html and text and not self.text(_BODY):
                html = f"<pre>{text.replace('&', '&amp;').replace('<', '&lt;')}</pre>"
        return html.encode(), "utf-8"

    def _head(self) -> list[str]:
        """The headers it travelled with, or such as its properties give."""
        travelled = _without_mime(self.text(_HEADERS))
        known = {line.split(":", 1)[0].strip().lower() for line in travelled}
        return travelled + [f"{name}: {value}" for name, value in self._facts() if value and name.lower() not in known]

    def _facts(self) -> list[tuple[str, str]]:
        sender = self.line(_FROM_SMTP) or self.line(_FROM_EMAIL)
        roles: dict[str, list[str]] = {"To": [], "Cc": []}
        for one in self.below("__recip_version1.0_#", header=8):
            email = one.line(_SMTP) or one.line(_EMAIL)
            roles.get(_ROLES.get(one.number(_ROLE), ""), []).append(_mailbox(one.line(_NAME), email))
        moment = self.moment(_SENT) or self.moment(_DELIVERED)
        return [
            ("From", _mailbox(self.line(_FROM_NAME), sender)),
            ("To", ", ".join(roles["To"])),
            ("Cc", ", ".join(roles["Cc"])),
            ("Subject", self.line(_SUBJECT)),
            ("Date", format_datetime(moment) if moment else ""),
            ("Message-ID", self.line(_ID)),
            ("In-Reply-To", self.line(_ANSWERS)),
            ("References", self.line(_REFERENCES)),
        ]


def _without_mime(headers: str) -> list[str]:
    """Header lines but for those that describe a body which is another one now."""
    kept: list[str] = []
    keeps = False
    for line in headers.replace("\r\n", "\n").split("\n"):
        if line[:1] not in (" ", "\t"):
            keeps = ":" in line and not line.lower().startswith(("content-", "mime-version", "microsoft mail"))
        if keeps and line.strip():
            kept.append(line)
    return kept


def _mailbox(name: str, email: str) -> str:
    if "@" not in email or "<" in email or ">" in email:
        return ""  # an Exchange directory name tells nobody outside where to write
    plain = name.replace('"', "").replace("\\", "")
    return f'"{plain}" <{email}>' if plain and plain != email else f"<{email}>"


def _file_part(one: _Storage, depth: int) -> list[bytes]:
    name = one.line(_LONG_FILENAME) or one.line(_FILENAME) or one.line(_NAME)
    if one.number(_METHOD) == _EMBEDDED:
        return _part("Content-Type: message/rfc822", one.embedded().as_mail(depth + 1)) if depth < DEEPEST else []
    mime = one.line(_MIME) if "/" in one.line(_MIME) else "application/octet-stream"
    head = [f"Content-Type: {mime}", f'Content-Disposition: attachment; filename="{name.replace(chr(34), "_")}"']
    if cid := one.line(_CID):
        head[1] = head[1].replace("attachment", "inline", 1)
        head.append(f"Content-ID: <{cid}>")
    return _part("\r\n".join([*head, "Content-Transfer-Encoding: binary"]), one.bytes_of(_DATA))


def _part(head: str, content: bytes) -> list[bytes]:
    return [head.encode("utf-8", "replace"), b"\r\n\r\n", content]


def _multipart(kind: str, boundary: str, parts: list[list[bytes]]) -> list[bytes]:
    """The pieces of a multipart, or of its only part."""
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return parts[0] if parts else [b"\r\n"]
    mark = b"\r\n--" + boundary.encode()
    pieces = [f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n'.encode()]
    for part in parts:
        pieces += [mark, b"\r\n", *part]
    return [*pieces, mark, b"--\r\n"]
