"""Seeded mails as a help desk gets them, each with a token of its own and the thread it truly belongs to.

Text with an HTML alternative; a quarter answers an earlier mail of the same thread, with quoted text; a tenth carries a
30 kB file. The same seed and count give the same bytes.   python -m bench.corpus FOLDER --count 1000 --seed 1
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import quopri
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from html import escape
from pathlib import Path

from bench import words

SHOP = "shop@florist.example"
REPLIES = 0.25
ATTACHMENTS = 0.10
ACQUAINTED = 0.14
ATTACHMENT_BYTES = 30_000
_START = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
_OPEN_THREADS = 400


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `token` stands in its text and nowhere else; `thread` is the token of the thread's first mail."""

    number: int
    token: str
    thread: str
    sender: str
    message_id: str
    is_reply: bool
    has_attachment: bool
    raw: bytes


@dataclass(slots=True)
class _Thread:
    first_token: str
    style: Style
    person: tuple[str, str]
    subject: str
    ids: list[str]
    last_text: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Style:
    """How one mail program writes: its headers, its encoding, how it quotes."""

    name: str
    headers: tuple[tuple[str, str], ...]
    charset: str
    encoding: str
    message_id: Callable[[str, str], str]
    quote: Callable[[str, str, str], tuple[str, str]]  # (who, when, text) -> (text part, HTML part)


def _prefixed(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _gmail_quote(who: str, when: str, text: str) -> tuple[str, str]:
    line = f"On {when} {who} wrote:"
    html = f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{escape(line)}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">{_paragraphs(text)}</blockquote></div>'
    return f"\n\n{line}\n\n{_prefixed(text)}\n", html


def _outlook_quote(who: str, when: str, text: str) -> tuple[str, str]:
    head = f"From: {who}\nSent: {when}\nTo: {SHOP}\nSubject: your order"
    html = f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{_lines(head)}</p></div>{_paragraphs(text)}'
    return f"\n\n{head}\n\n{text}\n", html


def _thunderbird_quote(who: str, when: str, text: str) -> tuple[str, str]:
    line = f"Am {when} schrieb {who}:"
    html = f'<div class="moz-cite-prefix">{escape(line)}</div><blockquote type="cite" cite="mid:x">{_paragraphs(text)}</blockquote>'
    return f"\n\n{line}\n{_prefixed(text)}\n", html


def _apple_quote(who: str, when: str, text: str) -> tuple[str, str]:
    html = f'<blockquote type="cite"><div>On {escape(when)}, {escape(who)} wrote:</div>{_paragraphs(text)}</blockquote>'
    return f"\n\n> On {when}, {who} wrote:\n> \n{_prefixed(text)}\n", html


STYLES = (
    Style("gmail", (("MIME-Version", "1.0"), ("Received", "by 2002:a05:7300:abcd with SMTP id x12csp12345; Mon, 2 Nov 2026 06:00:00 -0800 (PST)")),
          "utf-8", "quoted-printable", lambda key, _domain: f"CA+{key}@mail.gmail.com", _gmail_quote),
    Style("outlook", (("Thread-Index", "AdxTx1z0Vq4m2Pq3TQm7zv0sZ5kQ1g=="), ("X-Mailer", "Microsoft Outlook 16.0"), ("Content-Language", "en-gb"), ("X-MS-Exchange-Organization-SCL", "1"), ("MIME-Version", "1.0")),
          "iso-8859-1", "quoted-printable", lambda key, _domain: f"DB9PR08MB{key}@DB9PR08.eurprd08.prod.outlook.com", _outlook_quote),
    Style("apple", (("X-Mailer", "Apple Mail (2.3774.600.62)"), ("MIME-Version", "1.0 (Mac OS X Mail 16.0)")),
          "utf-8", "quoted-printable", lambda key, domain: f"{key.upper()}@{domain}", _apple_quote),
    Style("thunderbird", (("MIME-Version", "1.0"), ("User-Agent", "Mozilla Thunderbird"), ("Content-Language", "de-DE")),
          "utf-8", "8bit", lambda key, domain: f"{key}@{domain}", _thunderbird_quote),
    Style("webmail", (("MIME-Version", "1.0"), ("X-Priority", "3"), ("X-Originating-IP", "[198.51.100.7]")),
          "utf-8", "base64", lambda key, domain: f"trinity-{key}@3c-app-{domain}", _gmail_quote),
    Style("android", (("MIME-Version", "1.0"), ("Importance", "Normal")),
          "utf-8", "base64", lambda key, domain: f"{key}.1762070400@{domain}", _thunderbird_quote),
)  # fmt: skip


def generate(count: int, *, seed: int = 1, to: str = SHOP) -> Iterator[Mail]:
    """So many mails to `to`, in the order they are written: an answer always comes after what it answers."""
    rng = random.Random(seed)
    threads: list[_Thread] = []
    at = _START
    for number in range(count):
        at += timedelta(seconds=rng.randint(20, 400))
        token = "tk" + hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()[:14]
        is_reply = bool(threads) and rng.random() < REPLIES
        if is_reply:
            thread = rng.choice(threads[-_OPEN_THREADS:])
        else:
            thread = _new_thread(rng, number, token, threads)
            threads.append(thread)
        has_attachment = rng.random() < ATTACHMENTS
        message_id = thread.style.message_id(
            hashlib.sha256(token.encode()).hexdigest()[:24], thread.person[1].partition("@")[2]
        )
        raw = _write(thread, rng, token=token, message_id=message_id, at=at, to=to, attach=has_attachment)
        yield Mail(number, token, thread.first_token, thread.person[1], message_id, is_reply, has_attachment, raw)
        thread.ids.append(message_id)


def _new_thread(rng: random.Random, number: int, token: str, earlier: list[_Thread]) -> _Thread:
    """A first mail; one customer in seven has written about something else before."""
    style, person = rng.choice(STYLES), words.person(rng, number)
    if earlier and rng.random() < ACQUAINTED:
        known = rng.choice(earlier)
        style, person = known.style, known.person
    return _Thread(token, style, person, words.subject(rng), [], "", _START)


def _write(
    thread: _Thread, rng: random.Random, *, token: str, message_id: str, at: datetime, to: str, attach: bool
) -> bytes:
    """The raw bytes, CRLF line ends; remembers what the next answer will quote."""
    style, (name, email) = thread.style, thread.person
    own = _own_words(rng, name, token)
    text, html = own, _paragraphs(own)
    subject = thread.subject
    if thread.ids:
        quoted_text, quoted_html = style.quote(
            f"{name} <{email}>", f"{thread.last_at:%d.%m.%Y, %H:%M}", thread.last_text
        )
        text, html, subject = own + quoted_text, html + quoted_html, f"Re: {subject}"
    # Without its token, which must stand in one mail only.
    thread.last_text, thread.last_at = own.replace(f" {token}", ""), at
    headers = [
        *style.headers,
        ("From", f"{_encoded(name)} <{email}>"),
        ("To", f"Florist <{to}>"),
        ("Subject", _encoded(subject)),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{message_id}>"),
    ]
    if thread.ids:
        headers.append(("In-Reply-To", f"<{thread.ids[-1]}>"))
        headers.append(("References", " ".join(f"<{one}>" for one in thread.ids[-10:])))
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={style.charset}"></head><body>{html}</body></html>\n'
    body = _multipart("alternative", [_text_part("plain", text, style), _text_part("html", page, style)], token)
    if attach:
        body = _multipart("mixed", [body, _file_part(rng)], token + "m")
    head = "".join(f"{key}: {value}\r\n" for key, value in headers)
    return head.encode("ascii") + body


def _own_words(rng: random.Random, name: str, token: str) -> str:
    paragraphs = [words.paragraph(rng, rng.randint(1, 4)) for _ in range(rng.randint(1, 4))]
    paragraphs[-1] += f" Reference {token}"
    middle = "\n\n".join(paragraphs)
    ending = rng.choice(("", f"\n\n-- \n{name}\nTel. +49 30 {rng.randint(100000, 999999)}"))
    return (
        f"{rng.choice(('Hello', 'Dear team', 'Good morning', 'Hallo'))},\n\n{middle}\n\nKind regards\n{name}{ending}\n"
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_lines(block)}</p>\n" for block in text.strip().split("\n\n"))


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _encoded(value: str) -> str:
    return value if value.isascii() else Header(value, "utf-8", maxlinelen=200).encode()


def _text_part(subtype: str, text: str, style: Style) -> bytes:
    data = text.encode(style.charset, "replace")
    if style.encoding == "quoted-printable":
        data = quopri.encodestring(data)
    elif style.encoding == "base64":
        data = base64.encodebytes(data)
    head = (
        f"Content-Type: text/{subtype}; charset={style.charset}\r\nContent-Transfer-Encoding: {style.encoding}\r\n\r\n"
    )
    return head.encode() + data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _file_part(rng: random.Random) -> bytes:
    name, kind = rng.choice(
        (("photo.jpg", "image/jpeg"), ("order form.pdf", "application/pdf"), ("card.png", "image/png"))
    )
    head = (
        f'Content-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    data = base64.encodebytes(rng.randbytes(ATTACHMENT_BYTES))
    return head.encode() + data.replace(b"\n", b"\r\n")


def _multipart(subtype: str, parts: list[bytes], token: str) -> bytes:
    boundary = f"----=_Part_{hashlib.sha256(token.encode()).hexdigest()[:20]}"
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    mark = f"--{boundary}".encode()
    return head + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


def write_folder(folder: Path, count: int, *, seed: int) -> None:
    """Write 000001.eml … and truth.jsonl (token, thread, sender of each file) into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "truth.jsonl").open("w") as truth:
        for mail in generate(count, seed=seed):
            name = f"{mail.number + 1:06d}.eml"
            (folder / name).write_bytes(mail.raw)
            truth.write(
                json.dumps({"file": name, "token": mail.token, "thread": mail.thread, "sender": mail.sender}) + "\n"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    write_folder(chosen.folder, chosen.count, seed=chosen.seed)


if __name__ == "__main__":
    main()
