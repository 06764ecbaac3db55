"""Strings from strangers made comparable, showable and storable. Everything here takes linear time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

ELLIPSIS = "…"
FILENAME_CHARS = 150
FILENAME_BYTES = 240

# Unicode's stream-safe format: no language needs more marks in a row, and sorting longer runs takes quadratic time.
_MARKS_IN_A_ROW = 30
# They count as letters but fall apart into marks (half-width kana voicing, Tibetan vowels).
_HIDDEN_MARKS = frozenset("\uff9e\uff9f\u0f73\u0f75\u0f81")
# Marks are no letters, so a longer run of them looks like this; most texts have none.
_MANY_MARKS = re.compile(f"(?:[^\\w\x00-\x7f]|[{''.join(sorted(_HIDDEN_MARKS))}]){{{_MARKS_IN_A_ROW + 1}}}")
# Letters that people type without their stroke although Unicode does not take them apart.
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ı": "i"})
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FORBIDDEN_IN_FILENAMES = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029/\\\\:*?"<>|\u2044\u2215\u29f8]')
_RESERVED_FILENAMES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def fold(text: str) -> str:
    """The form in which two spellings count as the same: case folded, compatibility forms resolved, accents off.

    Kana voicing, viramas and nuktas stay, since without them the word is another one. Folding twice changes nothing.
    """
    if text.isascii():
        return text.lower()
    once = _fold_once(text)
    # A few letters (long s with dot, Greek with iota below) only show their case after the first round.
    return once if once.isascii() else _fold_once(once)


def storable(text: str) -> str:
    """`text` as every database takes it: lone surrogates and NUL become the replacement character."""
    return _SURROGATES.sub("\ufffd", text).replace("\x00", "\ufffd")


def clean_line(text: str, limit: int) -> str:
    """One trimmed line of at most `limit` characters: controls and line breaks become single spaces."""
    window = text[: limit * 4 + 200]
    return truncate(" ".join(_CONTROLS.sub(" ", storable(window)).split()), limit)


def preview(text: str, limit: int) -> str:
    """The beginning of a longer text as one line: as clean_line, invisible characters and quote marks left out."""
    window = text[: limit * 8 + 500]
    lines = (line.lstrip("> \t") for line in window.splitlines())
    return clean_line(strip_invisible(" ".join(lines), keep_joiners=True), limit)


def truncate(text: str, limit: int) -> str:
    """At most `limit` characters, an ellipsis as the last where something was cut; at a word's end if one is near."""
    if len(text) <= limit:
        return text
    if limit <= 1:
        return ELLIPSIS[:limit]
    end = limit - 1
    while end > max(0, limit - 40) and unicodedata.combining(text[end]):
        end -= 1
    space = text.rfind(" ", max(1, end - 20), end + 1)
    return text[: space if space > 0 else end].rstrip() + ELLIPSIS


def strip_invisible(text: str, *, keep_joiners: bool = False) -> str:
    """Take out what nobody sees: zero-width characters, direction marks, tags, fillers.

    `keep_joiners` leaves the two joiners in, which emoji and Persian words need; never keep them before a check.
    """
    if text.isascii():
        return text
    kept = "\u200c\u200d" if keep_joiners else ""
    return _BEYOND_ASCII.sub(
        lambda found: "".join(char for char in found[0] if char in kept or not _is_invisible(char)), text
    )


def safe_filename(name: str) -> str:
    """A name that can be shown, sent in a header and saved on any system; never empty.

    Normalised before it is judged (an invisible character must not hide a leading dot), without separators, controls
    or direction marks, at most 150 characters and 240 bytes, the ending kept.
    """
    short = name if len(name) <= 600 else name[:400] + name[-200:]
    plain = unicodedata.normalize("NFKC", _bounded(strip_invisible(storable(short))))
    plain = _FORBIDDEN_IN_FILENAMES.sub("_", strip_invisible(plain))
    plain = " ".join(plain.split()).lstrip(". ").rstrip(". ")
    if _RESERVED_FILENAMES.match(plain):
        plain = "_" + plain
    return _shorten_filename(plain) or "file"


def _fold_once(text: str) -> str:
    apart = unicodedata.normalize("NFKD", _bounded(text).casefold())
    bare = _accents().sub("", apart)
    return unicodedata.normalize("NFC", bare.casefold().translate(_STROKES))


@cache
def _accents() -> re.Pattern[str]:
    """Every accent there is; collected when the first letter beyond ASCII comes."""
    return re.compile(f"[{''.join(filter(_is_accent, map(chr, range(0x300, 0x20000))))}]")


def _is_accent(char: str) -> bool:
    kind = unicodedata.combining(char)
    return kind == 1 or 10 <= kind <= 36 or kind >= 200


def _is_invisible(char: str) -> bool:
    return char in _FILLERS or unicodedata.category(char) == "Cf"


def _bounded(text: str) -> str:
    if not _MANY_MARKS.search(text):
        return text
    return "".join(_without_endless_marks(text))


def _without_endless_marks(text: str) -> Iterator[str]:
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) or char in _HIDDEN_MARKS else 0
        if run <= _MARKS_IN_A_ROW:
            yield char


def _shorten_filename(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending) > 16 or not ending.isalnum():
        stem, ending = name, ""
    tail = f".{ending}" if ending else ""
    stem = stem[: FILENAME_CHARS - len(tail)]
    while len((stem + tail).encode()) > FILENAME_BYTES:
        stem = stem[:-1]
    return (stem.rstrip(". ") or "file") + tail if tail else stem.rstrip(". ")
