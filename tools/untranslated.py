"""Every text a person reads in a template goes through gettext, and scripts hold none.

The template is lexed as Jinja: what stands outside expressions, statements, comments and {% trans %} blocks is HTML,
whose text and spoken attributes must then hold no letters. Text that is no language (a name, a key, code) stands in
<code>, <kbd>, <pre>, <samp> or an element with translate="no".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError

from tools.project import Finding, files, templates

WORD = re.compile(r"[^\W\d_]{2,}")
SPOKEN = {"title", "placeholder", "aria-label", "alt", "aria-description", "aria-roledescription", "data-confirm"}
SILENT = {"script", "style", "code", "kbd", "pre", "samp", "svg"}
# A block of such a name stands inside a tag, so what fills it is no text.
IN_A_TAG = re.compile(r"(^|_)(class|attributes|attrs|id|data)$")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TRANSLATED = {"trans", "blocktrans", "blocktranslate", "translate"}

# The beginning of a sentence in a string of a script; what is thrown is read by nobody.
SENTENCE = re.compile(r"""(?<!Error\()["'`]([A-Z][a-z]+ [a-z]{2,}[^"'`]*)""")

# Words that are the same in every language, and files that are wholly exempt, with the reason.
NAMES = {"Rapport"}
ALLOWED: dict[str, str] = {}


def find(root: Path) -> list[Finding]:
    """Every untranslated text in our templates and scripts."""
    paths = [path for path in templates(root) if str(path) not in ALLOWED]
    found = [finding for path in paths for finding in in_template(path, (root / path).read_text(encoding="utf-8"))]
    scripts = [path for path in files(root, "*.js", "rapport") if "static" in path.parts]
    return found + [one for path in scripts for one in in_script(path, (root / path).read_text(encoding="utf-8"))]


def in_script(path: Path, source: str) -> list[Finding]:
    """Sentences in a script, which gets its words from the page that loads it."""
    lines = enumerate(source.splitlines(), 1)
    plain = [(number, line) for number, line in lines if not line.lstrip().startswith(("//", "*", "/*"))]
    return [
        Finding(path, number, f"words in a script: {said[1]!r}")
        for number, line in plain
        for said in SENTENCE.finditer(line)
    ]


def in_template(path: Path, source: str) -> list[Finding]:
    """The untranslated texts of one template."""
    try:
        html = html_only(source)
    except TemplateSyntaxError as error:
        return [Finding(path, error.lineno, f"not a template Jinja can read: {error.message}")]
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [Finding(path, line, f"not translated: {text!r}") for line, text in reader.found]


def html_only(source: str) -> str:
    """The template with everything that is not plain HTML blanked out, line breaks kept."""
    return "".join(_plain_parts(source))


def _plain_parts(source: str) -> Iterator[str]:
    # Only Django writes {% trans "text" %} without an end; in Jinja the string is the context of a block.
    django = "{% load" in source
    in_translation = False
    blocks: list[str] = []
    statement: list[str] = []
    for _, kind, text in Environment(autoescape=True).lex(source):
        if kind == "data":
            no_text = in_translation or any(map(IN_A_TAG.search, blocks))
            yield _line_breaks(text) if no_text else text
            continue
        if kind == "block_begin":
            statement = []
        elif kind in {"name", "string"}:
            statement.append(text)
        elif kind == "block_end" and statement and not (django and statement[0] in {"trans", "translate"}):
            in_translation = _opens_translation(statement, in_translation)
            _follow_blocks(statement, blocks)
        # One letter stands for an expression, so that <a href={{ x }}> remains HTML.
        yield "0" if kind == "variable_begin" and not in_translation else _line_breaks(text)


def _opens_translation(statement: list[str], already: bool) -> bool:
    if statement[0] in TRANSLATED:
        return True
    return already and not (statement[0].startswith("end") and statement[0][3:] in TRANSLATED)


def _follow_blocks(statement: list[str], blocks: list[str]) -> None:
    if statement[0] == "block":
        blocks.append(statement[1])
    elif statement[0] == "endblock" and blocks:
        blocks.pop()


def _line_breaks(text: str) -> str:
    return "\n" * text.count("\n")


class _Reader(HTMLParser):
    """Collects (line, text) of visible words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self.silent:
            if tag not in VOID:
                self.silent.append(tag)
            return
        if tag not in VOID and (tag in SILENT or values.get("translate") == "no"):
            self.silent.append(tag)
        spoken = SPOKEN | ({"value"} if values.get("type") in {"submit", "button", "reset"} else set())
        for name in spoken & values.keys():
            self._note(values[name])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        depth = len(self.silent)
        self.handle_starttag(tag, attrs)
        del self.silent[depth:]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._note(data)

    def _note(self, text: str) -> None:
        if set(WORD.findall(text)) - NAMES:
            self.found.append((self.getpos()[0], " ".join(text.split())[:60]))
