"""Splitting a mail that came as HTML: its visible text, with the quoting that its markup states."""

from __future__ import annotations

import html as entities
import re

from rapport.language.separators import header_role, is_forward
from rapport.language.splitting import SplitReply, split_lines
from rapport.language.text_lines import MOST_LINES, Line, make_line

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^<>]*>|<(/?)([a-z][a-z0-9:]*)\b([^<>]*)>|([^<]+|<)", re.IGNORECASE | re.DOTALL
)
_NAMES = re.compile(r"\b(?:class|id|name)\s{0,5}=\s{0,5}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))", re.IGNORECASE)
_DRAWN_ABOVE = re.compile(r"border:\s{0,3}none;\s{0,3}border-top:\s{0,3}solid", re.IGNORECASE)
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "figure", "footer", "form"}
    | {
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    }
)
_HIDDEN = frozenset({"script", "style", "title", "template"})
_QUOTING = frozenset({"blockquote", "div", "span"})

# Containers in which a client puts the older mail, by class, id or (Spark) name. Gmail's also holds forwards and is told by its text.
_CONTAINERS = frozenset(
    {"yahoo_quoted", "protonmail_quote", "tutanota_quote", "olk_src_body_section", "gmail_quote"}
    | {"messagereplysection"}
)


def split_html(html: str, *, forwarding: bool = False) -> SplitReply:
    """Split the visible text of an HTML mail. Never raises; the parts are plain text, one line a block.

    `forwarding`: as in `split_reply`.
    """
    return split_lines(visible_lines(html, forwarding=forwarding), forwarding=forwarding)


def visible_lines(html: str, *, forwarding: bool = False) -> list[Line]:
    """The visible text as judged lines, in linear time whatever the markup."""
    return _Walker(forwarding=forwarding).read(html)


class _Walker:
    """Collects lines with the depth of quoting around them."""

    def __init__(self, *, forwarding: bool = False) -> None:
        self.forwarding = forwarding
        self.lines: list[tuple[str, int, int]] = []  # text, depth, number of the container or 0
        self.words: list[str] = []
        self.open: list[tuple[str, int, int]] = []  # tag, depth it adds, container around it or 0
        self.depth = 0
        self.container = 0
        self.containers = 0
        self.preformatted = 0
        self.hidden = ""

    def read(self, html: str) -> list[Line]:
        """Walk the markup once. Text below the first MOST_LINES lines becomes one last line."""
        for match in _TOKEN.finditer(html):
            closing, tag, attributes, text = match.groups()
            if text is not None:
                if not self.hidden:
                    self.write(text)
            elif tag and closing:
                self.close(tag.lower())
            elif tag and not self.hidden:
                self.begin(tag.lower(), attributes)
        self.end_line(last=True)
        return self.judged()

    def write(self, text: str) -> None:
        """Collect text; its line breaks count only where it is preformatted."""
        text = entities.unescape(text)
        first, *others = text.split("\n") if self.preformatted else [text]
        self.words.append(first)
        for line in others:
            self.end_line()
            self.words.append(line)

    def begin(self, tag: str, attributes: str) -> None:
        """A tag opens: a block, a quote, a container or hidden content."""
        if tag in _HIDDEN:
            self.hidden = tag
        elif tag == "br" or tag in _BLOCKS:
            self.end_line()
        elif tag in ("td", "th"):
            self.words.append(" ")
        if tag == "hr":
            self.words.append("________________")
            self.end_line()
        elif tag == "pre":
            self.preformatted += 1
        elif tag in _QUOTING:
            self.quote(tag, attributes)

    def quote(self, tag: str, attributes: str) -> None:
        """Note how much a tag quotes, to be undone where it closes."""
        names = {name for groups in _NAMES.findall(attributes) for name in "".join(groups).casefold().split()}
        around, added = self.container, 0
        if tag == "blockquote":
            # Gmail's "quote" button makes a gmail_quote outside of any reply: the writer's own citation.
            added = 0 if "gmail_quote" in names and not self.container else 1
            if added:
                self.containers += 1
                self.container = self.container or self.containers
        elif tag == "div" and _DRAWN_ABOVE.search(attributes):  # Outlook's line above the older mail
            self.words.append("________________")
            self.end_line()
        elif names & _CONTAINERS:
            self.containers += 1
            added = 0 if "gmail_quote" in names else 1
            self.container = self.container or self.containers
        self.depth += added
        self.open.append((tag, added, around))

    def close(self, tag: str) -> None:
        """A tag closes; one that was never opened closes nothing."""
        if self.hidden:
            self.hidden = "" if tag == self.hidden else self.hidden
            return
        if tag in _BLOCKS:
            self.end_line()
        if tag == "p":
            self.end_line()
        elif tag == "pre":
            self.preformatted = max(0, self.preformatted - 1)
        elif self.open and self.open[-1][0] == tag:
            _, added, self.container = self.open.pop()
            self.depth -= added

    def end_line(self, *, last: bool = False) -> None:
        """Finish the line under way; an empty one is kept once, as a blank line."""
        if len(self.lines) >= MOST_LINES and not last:
            self.words.append("\n")
            return
        joined = "".join(self.words)
        kept = self.preformatted or len(self.lines) >= MOST_LINES
        text = joined.rstrip() if kept else " ".join(joined.split())
        self.words.clear()
        if text or (self.lines and self.lines[-1][0]):
            self.lines.append((text, self.depth, self.container))

    def judged(self) -> list[Line]:
        """The lines; a container that begins with a forward marker is no quote."""
        forwards: set[int] = set()
        begun: set[int] = set()
        above = ""
        for text, _, container in self.lines:
            if container and text and container not in begun:
                begun.add(container)
                if self._is_forwarded(text, above):
                    forwards.add(container)
            if text:
                above = text
        return [make_line(text, 0 if container in forwards else depth) for text, depth, container in self.lines]

    def _is_forwarded(self, text: str, above: str) -> bool:
        """Whether a container that begins with this text holds a forward, not the older conversation."""
        first, last = make_line(text), make_line(above)
        if is_forward(first):
            return True
        if not self.forwarding:
            return False
        return header_role(first) is not None or header_role(last) is not None or first.clean[-1:] in (":", "：")
