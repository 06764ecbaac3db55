"""Text to terms: case folded, accents off, split at punctuation, CJK in bigrams. Both engines get only these terms.

The terms hold nothing but letters and digits, so that neither engine's own tokeniser can find anything to split.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapport.kit.text import fold

MAX_TERM = 40
MAX_TERMS = 4000
_MAX_CHARACTERS = 200_000
_WORD = re.compile(r"[^\W_]+")  # what str.isalnum() says of each character
_BETWEEN_ASCII_SIGNS = re.compile("[0-9A-Za-z\x80-\U0010ffff]+")
_UNSPACED_BEGINS = re.compile("[\u2e80-\U0010ffff]")
# CJK ideographs, kana, Hangul: scripts written without spaces (Unicode blocks, inclusive).
_UNSPACED = (
    (0x2E80, 0x2FDF),
    (0x3040, 0x30FF),
    (0x3130, 0x318F),
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def terms(text: str) -> list[str]:
    """The terms of a text in order, repeats kept; at most MAX_TERMS from its first 200,000 characters."""
    window = text[:_MAX_CHARACTERS]
    if window.isascii():
        words = _WORD.findall(window.lower())[:MAX_TERMS]
        return words if max(map(len, words), default=0) <= MAX_TERM else [word[:MAX_TERM] for word in words]
    found: list[str] = []
    # Piece by piece, because folding costs most where few letters need it.
    for piece in map(re.Match.group, _BETWEEN_ASCII_SIGNS.finditer(window)):
        if piece.isascii():
            found.append(piece.lower()[:MAX_TERM])
        else:
            for word in _words(fold(piece)):
                found.extend(_pieces(word))
        if len(found) >= MAX_TERMS:
            return found[:MAX_TERMS]
    return found


def _words(folded: str) -> Iterator[str]:
    """Runs of letters and digits."""
    return map(re.Match.group, _WORD.finditer(folded))


def _pieces(word: str) -> Iterator[str]:
    """A word as it is indexed: cut to MAX_TERM, its unspaced runs as overlapping pairs (a lone sign as itself)."""
    if not _UNSPACED_BEGINS.search(word):
        yield word[:MAX_TERM]
        return
    start = 0
    for end in range(1, len(word) + 1):
        if end == len(word) or _is_unspaced(word[end]) != _is_unspaced(word[start]):
            run = word[start:end]
            if _is_unspaced(run[0]) and len(run) > 1:
                yield from (run[at : at + 2] for at in range(len(run) - 1))
            else:
                yield run[:MAX_TERM]
            start = end


def _is_unspaced(char: str) -> bool:
    code = ord(char)
    return code >= 0x2E80 and any(low <= code <= high for low, high in _UNSPACED)
