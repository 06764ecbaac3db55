"""Names in double braces, filled from a list of values: `{{customer.first_name}}`, `{{customer.first_name|there}}`.

Logic-less on purpose: no conditions, no loops, no attributes, no code. A name without a value takes what stands behind the
bar; without that it stays as it was written, so that a person sees it. What a value says is never read again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

MOST_CHARS = 400_000
_PLACEHOLDER = re.compile(
    r"\{\{[ \t]{0,5}([a-z][a-z0-9_]{0,30}(?:\.[a-z][a-z0-9_]{0,30}){0,3})[ \t]{0,5}(?:\|([^{}|\r\n]{0,200}))?\}\}"
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its values, and the names that had none, each once, in order."""

    text: str
    missing: tuple[str, ...] = ()


def fill(template: str, values: Mapping[str, str]) -> Filled:
    """A plain text with its names filled. Text beyond MOST_CHARS is not read. Never raises."""
    return _filled(template, values, quote=False)


def fill_html(template: str, values: Mapping[str, str], *, otherwise: str | None = None) -> Filled:
    """Sanitised HTML with its names filled; values are text and are escaped, also inside attributes.

    `otherwise` is said for a name without a value (None: the name stays as it is written).
    """
    return _filled(template, values, quote=True, otherwise=otherwise)


def names(text: str) -> tuple[str, ...]:
    """The names that stand in a text as placeholders, each once, in order."""
    return tuple(dict.fromkeys(match[1] for match in _PLACEHOLDER.finditer(text[:MOST_CHARS])))


def _filled(template: str, values: Mapping[str, str], *, quote: bool, otherwise: str | None = None) -> Filled:
    missing: dict[str, None] = {}

    def put(match: re.Match[str]) -> str:
        name, fallback = match[1], match[2] if match[2] is not None else otherwise
        value = values.get(name, "")
        if value:
            return escape(value) if quote else value
        if fallback is not None:
            return fallback.strip()
        missing[name] = None
        return match[0]

    return Filled(_PLACEHOLDER.sub(put, template[:MOST_CHARS]), tuple(missing))
