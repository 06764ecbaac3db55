"""Splitting a mail that came as HTML: its visible text, with the quoting that its markup states."""

from __future__ import annotations

from html.parser import HTMLParser

import nh3

from rapport.language.separators import is_forward
from rapport.language.splitting import SplitReply, split_lines
from rapport.language.text_lines import Line, make_line

_BLOCKS = frozenset(
    "address article aside blockquote center dd details div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li ol p"
    " pre summary table tbody thead tr ul".split()
)
_QUOTE_TAGS = frozenset({"blockquote", "div", "span"})

# Containers in which a client puts the older mail, by class or id. Gmail's also holds forwards and is told by its text.
_CONTAINERS = frozenset({"yahoo_quoted", "protonmail_quote", "tutanota_quote", "olk_src_body_section", "gmail_quote"})

_KEPT_ATTRIBUTES = {tag: {"class", "id"} for tag in _QUOTE_TAGS}


def split_html(html: str) -> SplitReply:
    """Split the visible text of an HTML mail. Never raises; the parts are plain text, one line a block."""
    return split_lines(visible_lines(html))


def visible_lines(html: str) -> list[Line]:
    """The visible text as judged lines. nh3 repairs the markup first, so that the walk is simple and linear."""
    walker = _Walker()
    walker.feed(nh3.clean(html, attributes=_KEPT_ATTRIBUTES, link_rel=None))
    walker.close()
    walker.end_line()
    return walker.judged()


class _Walker(HTMLParser):
    """Collects lines with the depth of quoting around them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[tuple[str, int, int]] = []  # text, depth, number of the container or 0
        self._words: list[str] = []
        self._open: list[tuple[str, int, int]] = []  # tag, depth it adds, container it opens or 0
        self._depth = 0
        self._containers = 0
        self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a block, a quote or a container."""
        if tag == "br" or tag in _BLOCKS:
            self.end_line()
        if tag == "hr":
            self._lines.append(("________________", self._depth, self._container()))
        self._preformatted += tag == "pre"
        if tag in _QUOTE_TAGS:
            added, container = self._quoting(tag, attrs)
            self._depth += added
            self._open.append((tag, added, container))

    def handle_endtag(self, tag: str) -> None:
        """Close what `handle_starttag` opened; nh3 has balanced the tags."""
        if tag in _BLOCKS:
            self.end_line()
        if tag == "p":
            self._lines.append(("", self._depth, self._container()))
        self._preformatted -= tag == "pre"
        if tag in _QUOTE_TAGS and self._open and self._open[-1][0] == tag:
            self._depth -= self._open.pop()[1]

    def handle_data(self, data: str) -> None:
        """Collect text; line breaks count only in preformatted text."""
        if not self._preformatted:
            self._words.append(data)
            return
        first, *others = data.split("\n")
        self._words.append(first)
        for line in others:
            self.end_line()
            self._words.append(line)

    def end_line(self) -> None:
        """Finish the line under way; an empty one is kept once, as a blank line."""
        joined = "".join(self._words)
        text = joined.rstrip() if self._preformatted else " ".join(joined.split())
        self._words.clear()
        if text or (self._lines and self._lines[-1][0]):
            self._lines.append((text, self._depth, self._container()))

    def judged(self) -> list[Line]:
        """The lines; a container that begins with a forward marker is no quote."""
        forwards: set[int] = set()
        begun: set[int] = set()
        for text, _, container in self._lines:
            if container and text and container not in begun:
                begun.add(container)
                if is_forward(make_line(text)):
                    forwards.add(container)
        return [make_line(text, 0 if container in forwards else depth) for text, depth, container in self._lines]

    def _quoting(self, tag: str, attrs: list[tuple[str, str | None]]) -> tuple[int, int]:
        """How much depth the tag adds, and the number of the container it opens (0 for none)."""
        names = {name for key, value in attrs for name in (value or "").casefold().split()}
        container = 0
        if names & _CONTAINERS and tag != "blockquote":
            self._containers += 1
            container = self._containers
        if tag == "blockquote":
            # Gmail's "quote" button makes a gmail_quote outside of any reply: the writer's own citation.
            own = "gmail_quote" in names and not self._container()
            return (0 if own else 1), 0
        return (1 if container and "gmail_quote" not in names else 0), container

    def _container(self) -> int:
        """The outermost container around the present place."""
        return next((number for _, _, number in self._open if number), 0)
