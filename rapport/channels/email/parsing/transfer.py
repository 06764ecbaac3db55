"""Content-Transfer-Encoding: base64, quoted-printable and uuencode, decoded as far as they go."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator

from rapport.channels.email.parsing.words import lenient_base64

_UU_LINE = re.compile(r"begin [0-7]{3,4} ([^\r\n]{1,255})")
_UU_BEGIN = re.compile(rb"(?m)^begin(-base64)? [0-7]{3,4} ([^\r\n]+)\r?\n")


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """The bytes behind a transfer encoding; an unknown one is taken as identity."""
    name = encoding.strip().strip("\"';").split(";")[0].split(" ")[0].lower()
    if name in ("base64", "base-64", "b"):
        return lenient_base64(data)
    if name in ("quoted-printable", "quotedprintable", "quoted", "q"):
        return binascii.a2b_qp(data)
    if name in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return decode_uu(data)
    return data


def decode_uu(data: bytes) -> bytes:
    """The first uuencoded file in `data`, or `data` itself if there is none."""
    begin = _UU_BEGIN.search(data)
    if begin is None:
        return data
    lines = data[begin.end() :].split(b"\n")
    if begin.group(1):
        return lenient_base64(b"".join(line for line in lines if not line.startswith(b"====")))
    return uu_lines(lines) or b""


def uu_lines(lines: Iterable[bytes], *, strict: bool = False) -> bytes | None:
    """The bytes of uuencoded lines up to `end`; None if `strict` and a line is none (or the end is missing)."""
    decoded: list[bytes] = []
    for line in lines:
        line = line.rstrip(b"\r")
        if line.strip() == b"end":
            return b"".join(decoded)
        if line in (b"`", b" ", b""):
            continue
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            length = ((line[0] - 32) & 63) if line else 0
            wanted = (length * 4 + 5) // 3 + 1
            if strict and (len(line) > wanted + 2 or len(line) < 2):
                return None
            try:
                decoded.append(binascii.a2b_uu(line[:wanted]))
            except binascii.Error:
                if strict:
                    return None
    return None if strict else b"".join(decoded)


def take_uu_files(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """`text` without the uuencoded files in it, and the files as (name, content)."""
    if "\nend" not in text or "begin " not in text:
        return text, []
    kept: list[str] = []
    files: list[tuple[str, bytes]] = []
    lines = iter(text.split("\n"))
    waiting: list[str] = []
    for line in lines:
        match = _UU_LINE.match(line)
        if match is None:
            kept.append(line)
            continue
        waiting = [line]
        content = uu_lines(_remembered(lines, waiting), strict=True)
        if content is None:
            kept += waiting
        else:
            files.append((match.group(1).strip(), content))
    return "\n".join(kept), files


def _remembered(lines: Iterator[str], seen: list[str]) -> Iterator[bytes]:
    """The lines as bytes, each noted in `seen` first, so that text which only looked like a file is not lost."""
    for line in lines:
        seen.append(line)
        yield line.encode("latin-1", "replace")
