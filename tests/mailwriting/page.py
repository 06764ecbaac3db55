"""What a person is about to send, and the pieces that mail programs build their bodies from."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from tests.mailwriting.tongue import Tongue

TOP, BOTTOM, BETWEEN, FIRST, FORWARD = "top", "bottom", "between", "first", "forward"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a mail address."""

    name: str
    mail: str


@dataclass(frozen=True, slots=True)
class Older:
    """The mail that is answered or forwarded, as it lies in the writer's mailbox."""

    author: Person
    to: Person
    at: datetime
    subject: str
    plain: str
    html: str


@dataclass(frozen=True, slots=True)
class Page:
    """Words, closing and what they answer. `asked` are the pieces of the older mail that are answered one by one."""

    tongue: Tongue
    writer: Person
    words: tuple[str, ...]
    closing: tuple[str, ...]
    way: str = FIRST
    older: Older | None = None

    @property
    def source(self) -> Older:
        """The older mail; there must be one."""
        assert self.older is not None
        return self.older

    def attribution(self, form: str) -> str:
        """The line that introduces the older mail."""
        author = self.source.author
        return self.tongue.attribution(form, name=author.name, mail=author.mail, at=self.source.at)


@dataclass(frozen=True, slots=True)
class Program:
    """A mail program: how it quotes and forwards, what it adds, which headers it writes.

    `introduce` gives the attribution or header block in plain text. `marked`: plain quotes carry "> ". `wrap_quote`
    puts HTML around (introduction, older HTML). `announce` and `wrap_forward` do the same for forwards; without them
    the program forwards as it quotes. `paragraph` writes one paragraph of HTML. `add` is the line it adds below.
    """

    name: str
    introduce: Callable[[Page], str]
    wrap_quote: Callable[[Page], str]
    parts: tuple[str, ...] = ("both",)
    ways: tuple[str, ...] = (FIRST, TOP, TOP, FORWARD)
    marked: bool = True
    announce: Callable[[Page], str] | None = None
    wrap_forward: Callable[[Page], str] | None = None
    paragraph: str = "<div>{}</div><div><br></div>"
    frame: str = "<html><body>{}</body></html>"
    add: Callable[[Tongue], str] = lambda tongue: ""
    wrap_at: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    message_id: str = "{hex}@{domain}"
    thread_index: bool = False
    drops_references: bool = False
    gap: str = "\n\n"
    delimiter: str = "{}"
    html_delimiter: str = "{}"
    encoding: str = "quoted-printable"
    flowed: bool = False


@dataclass(slots=True)
class Body:
    """The finished body with its truth, for the text that a reader is shown first."""

    plain: str = ""
    html: str = ""
    reply: str = ""
    signature: str = ""
    embedded: str = ""
    pieces: list[str] = field(default_factory=list)


def marked(text: str) -> str:
    """A text quoted by angle marks."""
    return "\n".join(f">{line}" if line[:1] == ">" else f"> {line}".rstrip() for line in text.split("\n"))


def wrapped(text: str, width: int) -> str:
    """A text broken at spaces, quoted lines aside."""
    lines = []
    for line in text.split("\n"):
        pieces = textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) if width else [line]
        lines += [line] if line.startswith(">") else pieces or [""]
    return "\n".join(lines)


def paragraphs(page: Page, program: Program) -> str:
    """The words as this program's HTML."""
    return "".join(program.paragraph.format(escape(text).replace("\n", "<br>")) for text in page.words)


def block(page: Page, names: tuple[str, ...], *, colon: str = ":", when: str = "", ends: str = "") -> str:
    """A header block of plain lines: from, sent, to, subject in the order of `names`."""
    older = page.source
    values = [
        f"{older.author.name} <{older.author.mail}>",
        when or page.tongue.written(older.at),
        f"{older.to.name} <{older.to.mail}>",
        older.subject,
    ]
    return "\n".join(f"{name}{colon} {value}{ends}" for name, value in zip(names, values, strict=True))


def bold_block(page: Page, names: tuple[str, ...], *, when: str = "", tag: str = "b") -> str:
    """The same as HTML."""
    lines = block(page, names, when=when).split("\n")
    parts = [line.partition(":") for line in lines]
    return "<br>\n".join(f"<{tag}>{escape(head)}:</{tag}> {escape(tail.strip())}" for head, _, tail in parts)
