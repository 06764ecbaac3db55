"""A finished mail: its bytes as they stand on the wire, and the truth about its text."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from html import escape

from tests.mailwriting.page import (
    BETWEEN,
    BOTTOM,
    FIRST,
    FORWARD,
    Body,
    Older,
    Page,
    Person,
    Program,
    marked,
    paragraphs,
    wrapped,
)

_SUBJECT_PREFIX = {"de": "AW: ", "sv": "SV: ", "da": "SV: ", "nb": "SV: ", "fi": "VS: ", "zh": "回复：", "pl": "Odp: "}
_FORWARD_PREFIX = {"de": "WG: ", "fr": "TR: ", "es": "RV: ", "sv": "VB: ", "pt": "ENC: ", "zh": "转发：", "fi": "VL: "}


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. `reply`, `signature` and `embedded` are the truth about `raw`; compare them without white space."""

    raw: bytes
    program: str
    tongue: str
    way: str
    part: str
    reply: str
    signature: str
    embedded: str
    message_id: str
    plain: str
    html: str
    thread_index: bytes = b""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The headers that make a conversation. `drop`: the program forgets what it answers."""

    sender: Person
    to: Sequence[Person]
    at: datetime
    subject: str
    in_reply_to: str = ""
    references: Sequence[str] = ()
    cc: Sequence[Person] = ()
    more: Sequence[tuple[str, str]] = ()
    thread_index: bytes = b""
    message_id: str | None = None


def write_body(page: Page, program: Program, part: str) -> Body:
    """The body in plain text and HTML, whichever of them `part` says ("plain", "html", "both")."""
    body = Body(reply="\n\n".join(page.words), signature="\n".join(page.closing))
    added = program.add(page.tongue)
    if added:
        body.signature = f"{body.signature}\n\n{added}" if body.signature else added
    body.plain = _plain(page, program, body, added)
    body.html = program.frame.format(_html(page, program, body, added))
    if part == "html":
        _truth_of_html(page, program, body)
    return body


def _closing(page: Page, program: Program, added: str) -> str:
    own = program.delimiter.format("\n".join(page.closing)) if page.closing else ""
    return "\n\n".join(piece for piece in (own, added) if piece)


def _plain(page: Page, program: Program, body: Body, added: str) -> str:
    words = wrapped("\n\n".join(page.words), program.wrap_at)
    closing = _closing(page, program, added)
    body.signature = closing
    if page.way == FIRST:
        return f"{words}\n\n{closing}\n"
    if page.way == FORWARD:
        announce = program.announce or (lambda page: f"{program.introduce(page)}\n\n{page.source.plain}")
        body.embedded = announce(page)
        return f"{words}\n\n{closing}\n\n{body.embedded}\n"
    line = wrapped(program.introduce(page), program.wrap_at)
    older = page.source.plain.rstrip("\n")
    quote = marked(older) if program.marked else older
    if page.way == BOTTOM:
        return f"{line}\n{quote}\n\n{words}\n\n{closing}\n"
    if page.way == BETWEEN:
        between, asked = _between(page, program, line)
        body.reply = between if asked > 1 else body.reply  # one answer below one question is an answer below
        return f"{between}\n\n{closing}\n"
    return f"{words}\n\n{closing}{program.gap}{line}\n{quote}\n"


def _between(page: Page, program: Program, line: str) -> tuple[str, int]:
    """Each paragraph of the older mail is answered below by one of the words; how many there were."""
    asked = [piece for piece in page.source.plain.split("\n\n") if piece.strip()][: len(page.words)]
    rows = [
        f"{marked(question)}\n\n{wrapped(answer, program.wrap_at)}"
        for question, answer in zip(asked, page.words, strict=False)
    ]
    rest = [wrapped(answer, program.wrap_at) for answer in page.words[len(asked) :]]
    return f"{line}\n" + "\n\n".join(rows + rest), len(rows)


def _html(page: Page, program: Program, body: Body, added: str) -> str:
    words = paragraphs(page, program)
    closing = program.html_delimiter.format("<br>".join(escape(line) for line in page.closing)) if page.closing else ""
    if added:
        closing += f"<div><br></div><div>{escape(added)}</div>"
    closing = f"<div>{closing}</div>"
    if page.way == FIRST:
        return words + closing
    if page.way == FORWARD:
        return words + closing + (program.wrap_forward or program.wrap_quote)(page)
    if page.way in (BOTTOM, BETWEEN):
        return program.wrap_quote(page) + words + closing  # nobody answers between the lines of HTML here
    return words + closing + program.wrap_quote(page)


def _truth_of_html(page: Page, program: Program, body: Body) -> None:
    """HTML shows the delimiter and the forward in its own way."""
    body.reply = "\n\n".join(page.words)
    own = "\n".join(page.closing)
    if "-- <br>" in program.html_delimiter and page.closing:
        own = f"-- \n{own}"
    body.signature = "\n\n".join(piece for piece in (own, program.add(page.tongue)) if piece)
    body.embedded = "forwarded" if page.way == FORWARD else ""


def write_letter(page: Page, program: Program, envelope: Envelope, rng: random.Random) -> Letter:
    """One mail with the program's headers."""
    part = rng.choice(program.parts)
    if part == "html" and page.way == BETWEEN:
        part = "plain" if "plain" in program.parts else "both"
    if part != "plain" and page.way == BETWEEN:
        part = "plain"
    body = write_body(page, program, part)
    message_id = envelope.message_id if envelope.message_id is not None else make_id(program, envelope.sender, rng)
    index = _thread_index(envelope, rng) if program.thread_index else b""
    message = EmailMessage()
    _head(message, page, program, envelope, message_id, index)
    _fill(message, program, body, part)
    return Letter(
        raw=message.as_bytes(),
        program=program.name,
        tongue=page.tongue.code,
        way=page.way,
        part=part,
        reply=body.reply,
        signature=body.signature,
        embedded=body.embedded,
        message_id=message_id,
        plain=body.plain,
        html=body.html,
        thread_index=index,
    )


def _head(
    message: EmailMessage, page: Page, program: Program, envelope: Envelope, message_id: str, index: bytes
) -> None:
    message["From"] = formataddr((envelope.sender.name, envelope.sender.mail))
    message["To"] = ", ".join(formataddr((person.name, person.mail)) for person in envelope.to)
    if envelope.cc:
        message["Cc"] = ", ".join(formataddr((person.name, person.mail)) for person in envelope.cc)
    message["Subject"] = (
        Header(envelope.subject, "utf-8").encode() if not envelope.subject.isascii() else envelope.subject
    )
    message["Date"] = format_datetime(envelope.at)
    if message_id:
        message["Message-ID"] = f"<{message_id}>"
    if envelope.in_reply_to and not program.drops_references:
        message["In-Reply-To"] = f"<{envelope.in_reply_to}>"
    if envelope.references and not program.drops_references:
        message["References"] = " ".join(f"<{one}>" for one in envelope.references)
    if index:
        message["Thread-Index"] = base64.b64encode(index).decode()
        message["Thread-Topic"] = Header(envelope.subject.split(": ")[-1], "utf-8").encode()
    for name, value in (*program.headers, *envelope.more):
        if name != "Mime-Version" and name not in message:
            message[name] = value.format(guid=message_id.partition("@")[0]) if "{guid}" in value else value


def _fill(message: EmailMessage, program: Program, body: Body, part: str) -> None:
    encoding = program.encoding
    plain = body.plain
    if program.flowed and part == "plain":
        message.set_content(_flowed(plain), cte="quoted-printable")
        message.set_param("format", "flowed")
        return
    if part == "html":
        message.set_content(body.html, subtype="html", cte="quoted-printable")
        return
    message.set_content(plain, cte=encoding)
    if part == "both":
        message.add_alternative(body.html, subtype="html", cte="quoted-printable")


def _flowed(text: str) -> str:
    """RFC 3676: lines that were broken by the program end with a space; other trailing spaces are stuffed away."""
    lines = text.split("\n")
    flowed = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        broken = len(line) > 50 and after.strip() and not line.startswith(">") and after[:1] not in ("-", ">")
        flowed.append(f"{line} " if broken else line if line == "-- " else line.rstrip())
    return "\n".join(flowed)


def _thread_index(envelope: Envelope, rng: random.Random) -> bytes:
    """Outlook: 22 bytes name the conversation, five more each answer."""
    if envelope.thread_index:
        return envelope.thread_index + rng.randbytes(5)
    return b"\x01" + rng.randbytes(21)


def make_id(program: Program, sender: Person, rng: random.Random) -> str:
    """A Message-ID in the program's form."""
    pieces: dict[str, Callable[[], str]] = {
        "hex": lambda: rng.randbytes(4).hex(),
        "hex16": lambda: rng.randbytes(8).hex(),
        "guid": lambda: "-".join(rng.randbytes(size).hex().upper() for size in (4, 2, 2, 2, 6)),
        "base": lambda: base64.urlsafe_b64encode(rng.randbytes(21)).decode().strip("="),
        "number": lambda: str(rng.randrange(10**8, 10**10)),
        "domain": lambda: sender.mail.partition("@")[2],
    }
    made = program.message_id
    for name, make in pieces.items():
        while f"{{{name}}}" in made:
            made = made.replace(f"{{{name}}}", make(), 1)
    return made


def answer_subject(subject: str, page: Page) -> str:
    """The subject with the program's word for an answer or a forward, once."""
    if page.way == FIRST:
        return subject
    prefix = (
        _FORWARD_PREFIX.get(page.tongue.code, "Fwd: ")
        if page.way == FORWARD
        else _SUBJECT_PREFIX.get(page.tongue.code, "Re: ")
    )
    return subject if subject.startswith(prefix) else prefix + subject


def as_older(letter: Letter, envelope: Envelope) -> Older:
    """The letter as it lies in the mailbox of whom it reached."""
    return Older(
        author=envelope.sender,
        to=envelope.to[0],
        at=envelope.at,
        subject=envelope.subject,
        plain=letter.plain.rstrip("\n"),
        html=f"<div>{letter.html}</div>",
    )
