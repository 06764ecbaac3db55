"""Content-Transfer-Encoding: base64, quoted-printable and uuencode, decoded as far as they go."""

from __future__ import annotations

import binascii
import io
import re
from collections.abc import Iterator

from rapport.channels.email.parsing.base64_runs import decode_base64

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_COMMENT = re.compile(r"\([^()]*\)")
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_BEGIN = re.compile(rb"^begin(-base64)? [0-7]{3,4} ([^\r\n]{1,255}?)[ \t]*\r?\n", re.M)


_FULL_LINE = 45  # bytes in one uuencoded line, which then begins with M


def decode_transfer(data: memoryview, encoding: str) -> bytes:
    """The bytes behind a transfer encoding; an unknown one is taken as identity."""
    name = encoding.lower()
    if "(" in name:
        name = _COMMENT.sub(" ", name)
    name = name.strip(" \t\"';.").split(";")[0].split(" ")[0].removeprefix("x-").replace("_", "-")
    if name in ("base64", "base-64", "b"):
        return decode_base64(data) if _may_be_base64(data) else bytes(data)
    if name in ("quoted-printable", "quoted-printeable", "quotedprintable", "quoted", "q"):
        # A soft break may have got blanks behind it on the way.
        return binascii.a2b_qp(_SOFT_BREAK.sub(b"=", data))
    if name in ("uuencode", "uue"):
        return decode_uu(bytes(data))
    return bytes(data)


def _may_be_base64(data: memoryview) -> bool:
    """Whether the beginning has hardly a sign that is none of base64: some servers only say that they encoded."""
    beginning = bytes(data[:4096])
    return len(beginning.translate(None, _BASE64)) * 20 <= len(beginning)


def decode_uu(data: bytes) -> bytes:
    """The first uuencoded file in `data`, or `data` itself if there is none."""
    begin = _BEGIN.search(data)
    if begin is None:
        return data
    content, _ = _read_file(data, begin, strict=False)
    return content or b""


def take_uu_files(data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """`data` without the uuencoded files in it, and the files as (name, content). What only looks like one stays."""
    if b"begin" not in data:
        return data, []
    kept: list[bytes] = []
    files: list[tuple[bytes, bytes]] = []
    end = 0
    while begin := _BEGIN.search(data, end):
        content, after = _read_file(data, begin, strict=True)
        if content is None:
            kept.append(data[end:after])
        else:
            kept.append(data[end : begin.start()])
            files.append((begin.group(2), content))
        end = after
    return b"".join([*kept, data[end:]]), files


def _read_file(data: bytes, begin: re.Match[bytes], *, strict: bool) -> tuple[bytes | None, int]:
    """The file that begins there and where the text goes on; None for one without an end, or (`strict`) no file."""
    if begin.group(1):
        end = data.find(b"\n====", begin.end() - 1)
        if end < 0:
            return (None if strict else decode_base64(memoryview(data)[begin.end() :])), begin.end()
        return decode_base64(memoryview(data)[begin.end() : end + 1]), _next_line(data, end + 1)
    decoded = io.BytesIO()
    position = begin.end()
    for line, after in _lines(data, position):
        position = after
        if line.strip() == b"end":
            return decoded.getvalue(), after
        piece = _decode_line(line)
        if piece is None and strict:
            return None, after
        decoded.write(piece or b"")
    # Cut on its way; by chance no two full lines stand behind a sentence with "begin".
    cut = decoded.tell() > _FULL_LINE and data[begin.end() : begin.end() + 1] == b"M"
    return (decoded.getvalue() if cut or not strict else None), position


def _lines(data: bytes, position: int) -> Iterator[tuple[bytes, int]]:
    while position < len(data):
        after = _next_line(data, position)
        yield data[position:after].rstrip(b"\r\n"), after
        position = after


def _next_line(data: bytes, position: int) -> int:
    newline = data.find(b"\n", position)
    return len(data) if newline < 0 else newline + 1


def _decode_line(line: bytes) -> bytes | None:
    """The bytes of one uuencoded line; None if it is none. Some encoders count wrongly or add a checksum letter."""
    if line in (b"`", b" ", b""):
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        wanted = ((((line[0] - 32) & 63) + 2) // 3) * 4 + 1
        if len(line) > wanted + 2 or len(line) < 2:
            return None
    try:
        return binascii.a2b_uu(line[:wanted])
    except binascii.Error:
        return None
