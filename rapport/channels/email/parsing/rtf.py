"""RTF as Outlook sends it: unpacked (MS-OXRTFCP), and the HTML or text inside it taken out again (MS-OXRTFEX).

Outlook wraps the HTML of a message into RTF so that it can be got back word for word; RTF written by hand gives its text.
One pass over the tokens, no recursion.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from rapport.channels.email.parsing.charsets import decode_text

_TOKEN = re.compile(
    rb"([{}])|\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])|([^\\{}\r\n]{1,4096})|[\r\n]+|\\"
)
_CHARSETS = {128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256}
_CHARSETS |= {186: 1257, 204: 1251, 222: 874, 238: 1250}
_SILENT = frozenset(
    "fonttbl colortbl stylesheet info pict object themedata colorschememapping listtable listoverridetable generator header"
    " footer headerl headerr footerl footerr xmlnstbl rsidtbl latentstyles datastore mhtmltag filetbl revtbl".split()
)
_SIGNS = {
    "par": "\n", "line": "\n", "sect": "\n", "row": "\n", "tab": "\t", "cell": "\t", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "endash": "–", "emdash": "—", "emspace": "\u2003", "enspace": "\u2002",
}  # fmt: skip
_MARKS = {b"{": "{", b"}": "}", b"\\": "\\", b"~": "\u00a0", b"_": "\u2011", b"-": "", b"\n": "\n", b"\r": "\n"}
DEEPEST = 1000
LONGEST = 4 * 1024 * 1024


@dataclass(slots=True)
class _Group:
    """What holds inside one pair of braces."""

    silent: bool = False
    tag: bool = False  # inside \*\htmltag: HTML that stands here word for word
    hidden: bool = False  # between \htmlrtf and \htmlrtf0: RTF for those who cannot read the HTML
    skip: int = 1  # how many characters follow a \u for those who cannot read it
    font: int = -1


@dataclass(slots=True)
class _Reader:
    """The state of one pass."""

    group: _Group = field(default_factory=_Group)
    outer: list[_Group] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    length: int = 0
    bytes_: bytearray = field(default_factory=bytearray)
    codepage: int = 1252
    fonts: dict[int, int] = field(default_factory=dict)
    defining: int = -1  # the font the font table speaks of
    starred: bool = False
    to_skip: int = 0
    from_html: bool = False

    def say(self, text: str) -> None:
        """Write text, unless it is not to be seen."""
        self._flush()
        if self.to_skip:
            skipped = min(self.to_skip, len(text))
            self.to_skip -= skipped
            text = text[skipped:]
        if text and not self.group.silent and not (self.group.hidden and not self.group.tag):
            self.written.append(text)
            self.length += len(text)

    def say_byte(self, byte: int) -> None:
        """Keep a byte until the character it belongs to is complete."""
        if self.to_skip:
            self.to_skip -= 1
        elif not self.group.silent and not (self.group.hidden and not self.group.tag):
            self.bytes_.append(byte)

    def _flush(self) -> None:
        if self.bytes_:
            charset = f"cp{self.fonts.get(self.group.font, self.codepage)}"
            text = decode_text(bytes(self.bytes_), charset)
            self.bytes_.clear()
            self.written.append(text)
            self.length += len(text)

    def brace(self, sign: bytes) -> None:
        """Enter or leave a group."""
        self._flush()
        self.to_skip = 0
        group = self.group
        if sign == b"{":
            self.outer.append(group)
            self.group = _Group(group.silent, group.tag, group.hidden, group.skip, group.font)
        elif self.outer:
            self.group = self.outer.pop()

    def word(self, name: str, number: int | None) -> None:
        """Obey a control word."""
        starred, self.starred = self.starred, False
        if name in _SIGNS:
            self.say(_SIGNS[name])
        elif name == "htmltag" and starred:
            self._flush()
            self.group.tag = True
        elif name == "htmlrtf":
            self._flush()
            self.group.hidden = number != 0
        elif name in _SILENT or (starred and name != "shppict"):
            self._flush()
            self.group.silent = True
        elif name == "u" and number is not None:
            self.say(chr(number % 65536) if not 0xD800 <= number % 65536 <= 0xDFFF else "\ufffd")
            self.to_skip = self.group.skip
        else:
            self._note(name, number)

    def _note(self, name: str, number: int | None) -> None:
        if name == "fromhtml":
            self.from_html = number == 1
        elif number is None:
            return
        elif name == "ansicpg" and number:
            self.codepage = number
        elif name == "uc":
            self.group.skip = min(max(number, 0), 16)
        elif name == "f" and self.group.silent:
            self.defining = number
        elif name == "f":
            self._flush()
            self.group.font = number
        elif name == "fcharset" and number in _CHARSETS and len(self.fonts) < DEEPEST:
            self.fonts[self.defining] = _CHARSETS[number]

    def text(self) -> str:
        """All that was written."""
        self._flush()
        return "".join(self.written)


def read_rtf(data: bytes) -> tuple[str, str]:
    """Text and HTML of an RTF document, one of them empty; both for what is no RTF. What is too deep or long is left out."""
    if not data.lstrip().startswith(b"{\\rtf"):
        return "", ""
    reader = _Reader()
    for token in _TOKEN.finditer(data):
        brace, byte, name, number, mark, plain = token.groups()
        if brace:
            reader.brace(brace)
        elif byte:
            reader.say_byte(int(byte, 16))
        elif name:
            reader.word(name.decode("ascii"), int(number) if number else None)
        elif mark == b"*":
            reader.starred = True
        elif mark:
            reader.say(_MARKS.get(mark, ""))
        elif plain:
            reader.say(decode_text(plain, f"cp{reader.codepage}"))
        if len(reader.outer) > DEEPEST or reader.length > LONGEST:
            break
    said = reader.text().replace("\0", "")
    return ("", said) if reader.from_html else (said.strip("\n"), "")


_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbol"
    rb"ArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def decompress_rtf(data: bytes | memoryview) -> bytes:
    """Compressed RTF (MS-OXRTFCP) as RTF, at most LONGEST bytes; what is damaged ends the text there."""
    if len(data) < 16:
        return b""
    size, raw_size, magic = struct.unpack_from("<III", data)
    raw_size = min(raw_size, LONGEST)
    if magic == 0x414C454D:
        return bytes(data[16 : 16 + raw_size])
    if magic != 0x75465A4C:
        return b""
    window = bytearray(_DICTIONARY.ljust(4096, b"\0"))
    write, position, end = len(_DICTIONARY), 16, min(len(data), size + 4)
    output = bytearray()
    while position < end and len(output) < raw_size:
        flags = data[position]
        position += 1
        for bit in range(8):
            if position >= end:
                return bytes(output[:raw_size])
            if not flags >> bit & 1:
                byte = data[position]
                position += 1
                output.append(byte)
                window[write] = byte
                write = (write + 1) & 4095
                continue
            if position + 2 > end:
                return bytes(output[:raw_size])
            token = data[position] << 8 | data[position + 1]
            position += 2
            read, length = token >> 4, (token & 15) + 2
            if read == write:
                return bytes(output[:raw_size])
            for _ in range(length):
                byte = window[read]
                output.append(byte)
                window[write] = byte
                read, write = (read + 1) & 4095, (write + 1) & 4095
    return bytes(output[:raw_size])
