"""What is done to HTML before a parser sees it: nesting brought to a sane depth, and a page's colours kept.

A parser's time grows with depth times length, and it leaves out the page itself, on whose dark ground light text may stand.
"""

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
_COLOUR = r"(#\w{3,8}|rgba?\([\d\s.,%/]{3,40}\)|[a-z]{3,20})"
_PAGE = re.compile(r"<body\s", re.I)
_GROUND = re.compile(
    rf"\bbgcolor\s{{0,5}}=\s{{0,5}}[\"']?\s{{0,5}}(#?\w{{3,20}})|\bbackground(?:-color)?\s{{0,5}}:\s{{0,5}}{_COLOUR}",
    re.I,
)
_INK = re.compile(
    rf"\btext\s{{0,5}}=\s{{0,5}}[\"']?\s{{0,5}}(#?\w{{3,20}})|[;\"'\s]color\s{{0,5}}:\s{{0,5}}{_COLOUR}", re.I
)
_BARE_HEX = re.compile(r"[0-9a-f]{6}", re.I)
_PLAIN_GROUNDS = frozenset("#fff #ffffff white transparent none inherit initial unset".split())
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


def with_page_colours(html: str) -> str:
    """`html` with the ground and ink of its page, where it is not white, on a block around all that the page holds."""
    tag = _page_tag(html) if _PAGE.search(html) else None
    ground = _colour(_GROUND, tag.group()[:2000]) if tag else ""
    if tag is None or not ground or ground in _PLAIN_GROUNDS:
        return html
    ink = _colour(_INK, tag.group()[:2000])
    block = f'<div style="background-color:{ground}{f";color:{ink}" if ink else ""}">'
    return html[: tag.start()] + block + html[tag.end() :]


def _page_tag(html: str) -> re.Match[str] | None:
    """The first start of a page that is a tag and not part of a comment, a style sheet or a value."""
    return next((tag for tag in _TOKEN.finditer(html) if (tag[3] or "").lower() == "body" and not tag[2]), None)


def _colour(pattern: re.Pattern[str], attributes: str) -> str:
    """The first colour that the pattern finds, as CSS writes it; "" for none."""
    match = pattern.search(attributes)
    found = (match[1] or match[2] or "").lower() if match else ""
    return f"#{found}" if _BARE_HEX.fullmatch(found) else found


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
