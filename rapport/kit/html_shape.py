"""Nesting brought to a sane depth before an HTML parser sees it, whose time grows with depth times length."""

from __future__ import annotations

import html as entities
import re

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*>?|<(script|style|textarea|title|xmp|iframe|noembed|noframes)\b.*?(?:</\1[^>]*>?|\Z)"
    r"|<(/?)([a-z][a-z0-9:-]*)[^>]*>?",
    re.I | re.S,
)
# Closed by the parser itself when the next of its kind opens, or without any content.
_SHALLOW = frozenset(
    "p li dd dt td th tr tbody thead tfoot option colgroup caption br hr img wbr col input meta link base area"
    " source embed html head body".split()
)
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_BLOCKS = frozenset("div table blockquote center ul ol dl pre section article fieldset form button".split())
FEW_TAGS = 600
DEEPEST = 400
MOST_FORMATTING = 40
MOST_AMPERSANDS = 50_000
MOST_COPIES = 2_000_000  # a parser opens every open <b>, <font> ... again in each new block


def tame(html: str) -> str | None:
    """`html` with the tags below a nesting of 400 left out; None if it would still keep a parser busy too long."""
    if html.count("&") > MOST_AMPERSANDS:
        return None
    if html.count("<") < FEW_TAGS:
        return html
    open_tags: list[str] = []
    formatting = 0
    copies = 0
    kept: list[str] = []
    end = 0
    for match in _TOKEN.finditer(html):
        name = (match.group(3) or "").lower()
        if not name or name in _SHALLOW:
            copies += formatting
            continue
        if match.group(2):
            formatting -= _close(open_tags, name)
            continue
        copies += formatting
        if len(open_tags) >= DEEPEST or (name in _FORMATTING and formatting >= MOST_FORMATTING):
            kept.append(html[end : match.start()])
            end = match.end()
            continue
        open_tags.append(name)
        formatting += name in _FORMATTING
    if copies > MOST_COPIES:
        return None
    return html if not kept else "".join([*kept, html[end:]])


def bare_text(html: str) -> str:
    """The text between the tags as HTML without any tag: for what is too costly to parse. The same again, if repeated."""
    text = entities.unescape(_TOKEN.sub(" ", html)).replace("\0", "").replace("\r", "")
    return entities.escape(text, quote=False).replace("\xa0", "&nbsp;")


def _close(open_tags: list[str], name: str) -> int:
    """Close the nearest open tag of a name, as a parser would; the number of formatting tags that went with it."""
    for back in range(1, min(12, len(open_tags)) + 1):
        found = open_tags[-back]
        if found == name:
            if name in _FORMATTING:
                del open_tags[-back]
                return 1
            # The parser opens formatting again that was closed by force, so it counts on.
            del open_tags[-back:]
            return 0
        if found == "table" or (found in _BLOCKS and name not in _BLOCKS and name not in _FORMATTING):
            return 0
    return 0
