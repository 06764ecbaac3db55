"""What was signed, out of an opaquely signed mail (CMS, RFC 5652). Nothing is verified and nothing decrypted here."""

from __future__ import annotations

from collections.abc import Iterator

_SIGNED = bytes.fromhex("2a864886f70d010702")
_ENCRYPTED = (bytes.fromhex("2a864886f70d010703"), bytes.fromhex("2a864886f70d0109100117"))
_DATA = bytes.fromhex("2a864886f70d010701")
_OID, _OCTETS, _OCTETS_IN_PIECES, _EXPLICIT = 0x06, 0x04, 0x24, 0xA0
_MOST_PIECES = 200_000


class Damaged(Exception):
    """The structure ends or contradicts itself."""


def content_kind(data: bytes) -> str:
    """`signed`, `encrypted`, or '' for anything else."""
    try:
        first = next(_values(data, *_inside(data, 0)))
    except (Damaged, StopIteration):
        return ""
    identity = data[first[1] : first[2]] if first[0] == _OID else b""
    return "signed" if identity == _SIGNED else "encrypted" if identity in _ENCRYPTED else ""


def signed_content(data: bytes) -> bytes:
    """The signed bytes: a MIME entity with headers of its own; b'' where there are none (a detached signature)."""
    try:
        # ContentInfo: its type, then [0] SignedData: version, digests, encapContentInfo: its type, then [0] the octets.
        tag, start, end = list(_values(data, *_inside(data, 0)))[1]
        signed_data = _inside(data, start) if tag == _EXPLICIT else (start, end)
        fields = list(_values(data, *signed_data))
        kind, *content = list(_values(data, *fields[2][1:]))
        if data[kind[1] : kind[2]] != _DATA or not content:
            return b""
        return b"".join(_octets(data, content[0][1]))
    except (Damaged, IndexError):
        return b""


def _octets(data: bytes, at: int) -> list[bytes]:
    """The bytes of an octet string, be it in pieces (long messages are streamed so)."""
    tag, start, end, _ = _value(data, at)
    if tag == _OCTETS:
        return [data[start:end]]
    if tag != _OCTETS_IN_PIECES:
        raise Damaged
    return [data[low:high] for tag, low, high in _values(data, start, end) if tag == _OCTETS]


def _inside(data: bytes, at: int) -> tuple[int, int]:
    _, start, end, _ = _value(data, at)
    return start, end


def _values(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Tag, start and end of each value between two places."""
    for _ in range(_MOST_PIECES):
        if start >= end:
            return
        tag, low, high, start = _value(data, start)
        yield tag, low, high


def _value(data: bytes, at: int) -> tuple[int, int, int, int]:
    """Tag, start and end of the content of the value at a place, and where the next begins. Raises Damaged."""
    if at + 2 > len(data) or data[at] & 31 == 31:
        raise Damaged
    tag, length, start = data[at], data[at + 1], at + 2
    if length == 0x80:
        end = _end_of_open(data, start)
        return tag, start, end, end + 2
    if length > 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(data[start : start + count], "big"), start + count
    if start + length > len(data):
        raise Damaged
    return tag, start, start + length, start + length


def _end_of_open(data: bytes, at: int) -> int:
    """Where the two zeros stand that end a value of open length. Counts how deep it is instead of calling itself."""
    depth = 0
    for _ in range(_MOST_PIECES):
        if data[at : at + 2] == b"\0\0":
            if depth == 0:
                return at
            depth -= 1
            at += 2
        elif at + 2 > len(data):
            raise Damaged
        elif data[at + 1] == 0x80:
            depth += 1
            at += 2
        else:
            at = _value(data, at)[3]
    raise Damaged
