"""Readable plain text of sanitised HTML: paragraphs, lists, links, tables as lines, quotations with `> `."""

from __future__ import annotations

import html as entities
import re

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)((?: [a-z-]+=\"[^\"]*\")*)>|([^<]+|<)")
_HREF = re.compile(r" href=\"([^\"]*)\"")
_ALT = re.compile(r" alt=\"([^\"]*)\"")
_HIDDEN = re.compile(r" style=\"(?:[^\"]*;)?display:none")
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_VOID = frozenset({"br", "hr", "img", "wbr", "col"})
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote ul ol dl pre table figure".split())
_LINES = frozenset(
    "div section article aside header footer main address center tr li dt dd caption figcaption tbody thead tfoot".split()
)
DEEPEST_QUOTE = 20


def text_of(sanitized: str) -> str:
    """The text a reader sees. If everything is hidden by style, the hidden text is better than nothing."""
    return _Writer().read(sanitized) or (
        _Writer(show_hidden=True).read(sanitized) if "display:none" in sanitized else ""
    )


class _Writer:
    def __init__(self, *, show_hidden: bool = False) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.gap = 0  # empty lines wanted before the next text
        self.quotes = 0
        self.lists: list[int] = []  # next number of each open list; 0 for bullets
        self.preformatted = 0
        self.hidden = 0
        self.show_hidden = show_hidden
        self.links: list[tuple[str, int, int]] = []

    def read(self, sanitized: str) -> str:
        for match in _TOKEN.finditer(sanitized):
            closing, tag, attributes, text = match.groups()
            if text is not None:
                if not self.hidden:
                    self.write(text)
            elif self.hidden:
                self.hidden += 0 if tag in _VOID else -1 if closing else 1
            elif closing:
                self.close(tag)
            elif not self.show_hidden and tag not in _VOID and _HIDDEN.search(attributes):
                self.hidden = 1
            else:
                self.open(tag, attributes)
        self.end_line()
        return "\n".join(self.lines).strip("\n")

    def write(self, text: str) -> None:
        if "&" in text:
            text = entities.unescape(text)
        if self.preformatted:
            first, *others = text.split("\n")
            self.add(first)
            for line in others:
                self.end_line(keep_empty=True)
                self.add(line)
            return
        text = _SPACES.sub(" ", text)
        if text[:1] == " " and (not self.line or self.line[-1].endswith((" ", "\t"))):
            text = text[1:]
        self.add(text)

    def add(self, text: str) -> None:
        if text:
            self.line.append(text)

    def open(self, tag: str, attributes: str) -> None:
        if tag == "br":
            self.end_line(keep_empty=True)
        elif tag == "hr":
            self.break_paragraph()
            self.add("-" * 20)
            self.break_paragraph()
        elif tag == "img":
            alt = _ALT.search(attributes)
            if alt and alt.group(1).strip():
                self.write(f"[{alt.group(1)}]")
        elif tag == "a":
            href = _HREF.search(attributes)
            self.links.append((entities.unescape(href.group(1)) if href else "", len(self.lines), len(self.line)))
        elif tag in ("td", "th"):
            if self.line:
                self.add(" ")
        elif tag in _PARAGRAPHS or tag in _LINES:
            self.open_block(tag)

    def open_block(self, tag: str) -> None:
        inner_list = tag in ("ul", "ol") and bool(self.lists)
        self.break_paragraph() if tag in _PARAGRAPHS and not inner_list else self.end_line()
        if tag == "blockquote":
            self.quotes += 1
        elif tag == "pre":
            self.preformatted += 1
        elif tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else 0)
        elif tag == "li":
            number = self.lists[-1] if self.lists else 0
            if number:
                self.lists[-1] += 1
            self.add("  " * (min(len(self.lists), 10) - 1) + (f"{number}. " if number else "* "))

    def close(self, tag: str) -> None:
        if tag == "a":
            self.close_link()
        elif tag in _PARAGRAPHS:
            inner_list = tag in ("ul", "ol") and len(self.lists) > 1
            self.end_line() if inner_list else self.break_paragraph()
            if tag == "blockquote":
                self.quotes = max(0, self.quotes - 1)
            elif tag == "pre":
                self.preformatted = max(0, self.preformatted - 1)
            elif tag in ("ul", "ol") and self.lists:
                self.lists.pop()
        elif tag in _LINES:
            self.end_line()

    def close_link(self) -> None:
        """The address behind the text of a link, unless the text already says it."""
        address, line, position = self.links.pop() if self.links else ("", 0, 0)
        if not address or line != len(self.lines):
            return
        shown = "".join(self.line[position:]).strip()
        bare = address.removeprefix("mailto:").removeprefix("tel:")
        if not shown or shown.rstrip("/") in (address.rstrip("/"), bare.rstrip("/"), bare.split("://")[-1].rstrip("/")):
            return
        self.add(f" <{bare}>")

    def break_paragraph(self) -> None:
        self.end_line()
        self.gap = 1 if self.lines else 0

    def end_line(self, *, keep_empty: bool = False) -> None:
        """Finish the line. Empty ones stay only where the writer asked for them by <br>, and at most two in a row."""
        text = "".join(self.line).rstrip()
        self.line = []
        prefix = "> " * min(self.quotes, DEEPEST_QUOTE)
        if text.strip():
            if self.gap and self.lines and self.lines[-1].strip("> "):
                self.lines.append(self._empty_line(prefix))
            self.gap = 0
            self.lines.append(prefix + text)
        elif keep_empty and not self.gap and any(line.strip("> ") for line in self.lines[-2:]):
            self.lines.append(prefix.rstrip())

    def _empty_line(self, prefix: str) -> str:
        """Between two quoted lines the gap is quoted too."""
        shared = min(len(self.lines[-1]) - len(self.lines[-1].lstrip("> ")), len(prefix))
        return prefix[:shared].rstrip()
