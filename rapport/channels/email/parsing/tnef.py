"""A small reader of TNEF, the package Outlook sends as winmail.dat (MS-OXTNEF, MS-OXRTFCP)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from rapport.channels.email.parsing.charsets import decode_text
from rapport.channels.email.parsing.rtf import decompress_rtf

SIGNATURE = 0x223E9F78
MIMES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})

_ATTACHMENT = 0x02
_TITLE, _DATA, _RENDER = 0x8010, 0x800F, 0x9002
_ATTACHMENT_PROPERTIES, _MESSAGE_PROPERTIES, _BODY, _CODEPAGE = 0x9005, 0x9003, 0x800C, 0x9007

_P_BODY, _P_RTF, _P_HTML = 0x1000, 0x1009, 0x1013
_P_FILENAME, _P_LONG_FILENAME, _P_DISPLAY_NAME = 0x3704, 0x3707, 0x3001
_P_DATA, _P_MIME, _P_CID = 0x3701, 0x370E, 0x3712
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x0D, 0x1E, 0x1F, 0x102})
_TEXTS = frozenset({0x1E, 0x1F})
MOST_FILES = 1000


@dataclass(slots=True)
class TnefFile:
    """One attached file; `name` as the sender wrote it, perhaps empty."""

    name: str = ""
    mime: str = "application/octet-stream"
    cid: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class TnefPackage:
    """What was found: files and up to three versions of the body. `problem` says why the reading ended early."""

    files: list[TnefFile] = field(default_factory=list)
    text: str = ""
    html: str = ""
    rtf: bytes = b""
    raw_text: bytes = field(default=b"", repr=False)
    raw_html: bytes = field(default=b"", repr=False)
    problem: str = ""
    charset: str = "cp1252"


class _Broken(Exception):
    """The package ends or contradicts itself here."""


def is_tnef(mime: str, filename: str) -> bool:
    """Whether a part claims to be a TNEF package."""
    return mime in MIMES or (mime == "application/octet-stream" and filename.lower() == "winmail.dat")


def read_tnef(content: bytes) -> TnefPackage | None:
    """The package in `content`, as far as it can be read; None if it is no TNEF at all."""
    data = memoryview(content)  # slices of it are no copies
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        return None
    package = TnefPackage()
    position = 6
    try:
        while position + 9 <= len(data) and len(package.files) <= MOST_FILES:
            level, attribute, length = struct.unpack_from("<BII", data, position)
            start = position + 9
            if level not in (1, 2) or start + length > len(data):
                raise _Broken("it ends in the middle of an attribute")
            _read_attribute(package, level, attribute & 0xFFFF, data[start : start + length])
            position = start + length + 2
    except _Broken as reason:
        package.problem = str(reason)
    except (struct.error, IndexError, ValueError):
        package.problem = "an attribute is damaged"
    return package


def _read_attribute(package: TnefPackage, level: int, attribute: int, data: memoryview) -> None:
    if attribute == _CODEPAGE and len(data) >= 4:
        package.charset = f"cp{struct.unpack_from('<I', data)[0]}"
    elif attribute == _MESSAGE_PROPERTIES:
        _read_body(package, data)
    elif attribute == _BODY and level == 1 and not package.text:
        package.raw_text = bytes(data)
        package.text = decode_text(package.raw_text.rstrip(b"\0"), package.charset)
    elif level != _ATTACHMENT:
        return
    elif attribute == _RENDER or not package.files:
        package.files.append(TnefFile())
    if level != _ATTACHMENT:
        return
    file = package.files[-1]
    if attribute == _TITLE and not file.name:
        file.name = decode_text(bytes(data).rstrip(b"\0"), package.charset)
    elif attribute == _DATA:
        file.content = bytes(data)
    elif attribute == _ATTACHMENT_PROPERTIES:
        shown, file.content = file.content, b""
        _read_file_properties(file, data, package.charset)
        if not file.content:
            file.content = shown
        elif shown:
            # An embedded object beside the picture Outlook shows for it: both are kept.
            package.files.append(TnefFile(file.name, file.mime, "", shown))


def _read_body(package: TnefPackage, data: memoryview) -> None:
    for tag, kind, value in _properties(data):
        if tag == _P_BODY and kind in _TEXTS:
            package.text, package.raw_text = _text(kind, value, package.charset), bytes(value)
        elif tag == _P_HTML:
            package.raw_html = bytes(value)
            package.html = _text(kind, value, package.charset)
        elif tag == _P_RTF:
            package.rtf = decompress_rtf(value)


def _read_file_properties(file: TnefFile, data: memoryview, charset: str) -> None:
    names: dict[int, str] = {}
    try:
        for tag, kind, value in _properties(data):
            if tag in (_P_FILENAME, _P_LONG_FILENAME, _P_DISPLAY_NAME) and kind in _TEXTS:
                names[tag] = _text(kind, value, charset)
            elif tag == _P_MIME and kind in _TEXTS:
                file.mime = _text(kind, value, charset).strip().lower()[:127] or file.mime
            elif tag == _P_CID and kind in _TEXTS:
                file.cid = _text(kind, value, charset).strip().strip("<>")[:250]
            elif tag == _P_DATA and kind in (0x0D, 0x102):
                # An embedded object starts with the 16 bytes of its interface id.
                file.content = bytes(value[16:] if kind == 0x0D else value)
    finally:
        file.name = names.get(_P_LONG_FILENAME) or names.get(_P_FILENAME) or file.name or names.get(_P_DISPLAY_NAME, "")


def _text(kind: int, value: memoryview, charset: str) -> str:
    if kind == 0x1F:
        return bytes(value).decode("utf-16-le", "replace").split("\0", 1)[0]
    return decode_text(bytes(value).rstrip(b"\0"), charset)


def _properties(data: memoryview) -> list[tuple[int, int, memoryview]]:
    """Tag, type and last value of each MAPI property."""
    count, position = struct.unpack_from("<I", data)[0], 4
    found: list[tuple[int, int, memoryview]] = []
    for _ in range(min(count, 5000)):
        if position + 4 > len(data):
            break
        kind, tag = struct.unpack_from("<HH", data, position)
        position += 4
        if tag >= 0x8000:
            position = _skip_name(data, position)
        many, kind = kind & 0x1000, kind & 0x0FFF
        values = 1
        if many or kind in _VARIABLE:
            values = struct.unpack_from("<I", data, position)[0]
            position += 4
        for _ in range(min(values, 5000)):
            value, position = _value(data, position, kind)
            found.append((tag, kind, value))
    return found


def _skip_name(data: memoryview, position: int) -> int:
    kind = struct.unpack_from("<I", data, position + 16)[0]
    if kind == 0:
        return position + 24
    length: int = struct.unpack_from("<I", data, position + 20)[0]
    return position + 24 + length + (-length % 4)


def _value(data: memoryview, position: int, kind: int) -> tuple[memoryview, int]:
    if kind in _VARIABLE:
        length = struct.unpack_from("<I", data, position)[0]
        position += 4
    elif kind in _FIXED:
        length = _FIXED[kind]
    else:
        raise _Broken(f"property type {kind:#x} is unknown")
    if position + length > len(data):
        raise _Broken("a property is longer than its package")
    return data[position : position + length], position + length + (-length % 4)
