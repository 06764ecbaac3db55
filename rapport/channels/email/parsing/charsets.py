"""Bytes to text whatever the declared charset says: declared, then UTF-8, then windows-1252, which cannot fail."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

# What web browsers do: each byte windows-1252 leaves undefined stands for its own control character.
WINDOWS_1252 = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))

# Mailers name the small set and use the large one.
SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso2022_jp": "iso2022_jp_ext",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
}
ALIASES = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "x-gbk": "gb18030",
    "gb-2312": "gb18030",
    "x-sjis": "cp932",
    "x-euc-jp": "euc_jp",
    "windows-31j": "cp932",
    "x-windows-949": "cp949",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-unicode-1-1-utf-7": "utf_7",
    "unicode-1-1-utf-7": "utf_7",
    "unicode": "utf_16",
    "utf": "utf_8",
    "utf8mb4": "utf_8",
    "ansi": "cp1252",
    "ansi_x3.110-1983": "cp1252",
    "iso-8559-1": "cp1252",
    "iso": "cp1252",
    "8bit": "utf_8",
}
# Runs of signs beyond ASCII, and what a run of East Asian letters may hold.
_HIGH = re.compile(rb"[\x80-\xff]+")
_PAIRS = re.compile(rb"(?:[\xa1-\xf7][\xa1-\xfe])+")
_KANA = re.compile("[\u3041-\u30fe]")
_LEAST_PAIRS = 3
_LONGEST_GUESS = 100_000

WESTERN = frozenset({"ascii", "iso8859-1", "cp1252", "iso8859-15", "utf-8"})
ASCII_COMPATIBLE = WESTERN | {""}
# Codecs that are no character sets: slow on purpose-made input, or programming notations.
REFUSED = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "unicode-escape", "raw-unicode-escape"}
)
REFUSED |= {"undefined", "mbcs", "oem"}

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,39}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@lru_cache(maxsize=256)
def known_codec(charset: str) -> str:
    """The name of the Python codec for a charset as declared in a mail, or '' if there is none we use."""
    name = charset.strip().strip("'\"").lower()
    name = ALIASES.get(name, name)
    if not _NAME.fullmatch(name):
        return ""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if codec.name in REFUSED or not getattr(codec, "_is_text_encoding", True):
        return ""
    return codec.name


def decode_text(data: bytes, charset: str = "") -> str:
    """Text of `data`; never fails. The result holds neither NUL nor lone surrogates, so that any database takes it."""
    if data.isascii() and (not charset or known_codec(charset) in ASCII_COMPATIBLE):
        return data.decode("ascii").replace("\0", "")
    return _decode(data, charset)


def _decode(data: bytes, charset: str) -> str:
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return storable(data.decode(codec, "replace").lstrip("\ufeff"))
    codec = known_codec(charset) if charset else ""
    if codec and codec not in WESTERN:
        text = _strictly(data, codec) or _strictly(data, SUPERSETS.get(codec, ""))
        if text is not None:
            return storable(text)
    text = _strictly(data, "utf-8")
    if text is None and codec and (codec not in WESTERN or codec in ("utf-8", "iso8859-15")):
        text = _mostly(data, SUPERSETS.get(codec, codec))
    if text is None and codec in ("", "utf-8", "ascii") and len(data) <= _LONGEST_GUESS:
        text = _east_asian(data)
    if text is None:
        text = codecs.charmap_decode(data, "strict", WINDOWS_1252)[0]
    return storable(text)


def _east_asian(data: bytes) -> str | None:
    """Chinese or Japanese that nobody declared; None for what may as well be European.

    European letters stand alone or in twos between ASCII; here all stand in pairs, several in a row and not the same.
    """
    if b"\x82" in data or b"\x83" in data:  # where Shift JIS has its kana
        japanese = _strictly(data, "cp932")
        if japanese and len(_KANA.findall(japanese)) >= _LEAST_PAIRS:
            return japanese
    runs = _HIGH.findall(data)
    if not runs or any(_PAIRS.fullmatch(run) is None for run in runs) or max(map(len, runs)) < _LEAST_PAIRS * 2:
        return None
    pairs = [run[at : at + 2] for run in runs for at in range(0, len(run), 2)]
    if len(set(pairs)) < _LEAST_PAIRS:
        return None
    if sum(pair[0] in (0xA4, 0xA5) for pair in pairs) * 3 >= len(pairs):
        return _strictly(data, "euc_jp")
    return _strictly(data, "gb2312")


def _strictly(data: bytes, codec: str) -> str | None:
    if not codec:
        return None
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, OverflowError):
        return None


def _mostly(data: bytes, codec: str) -> str | None:
    """The text if the charset holds but for some bytes: a message cut in the middle of a character, say."""
    try:
        text = data.decode(codec, "replace")
    except (UnicodeError, ValueError, OverflowError):
        return None
    foreign = sum(1 for character in text if character > "\x7f")
    return text if text.count("\ufffd") * 4 <= foreign else None


def storable(text: str) -> str:
    """`text` without NUL and with lone surrogates replaced."""
    if "\0" in text:
        text = text.replace("\0", "")
    return _SURROGATE.sub("\ufffd", text) if not text.isascii() else text
