"""Mails made to stop whoever reads them: each kind attacks another part of a parser. Every one is well below 25 MB."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator

HEAD = (
    b"From: Mallory <m@bad.example>\r\nTo: shop@florist.example\r\nSubject: %s\r\nMessage-ID: <%d@bad.example>\r\n"
    b"MIME-Version: 1.0\r\n"
)
LONGEST_LINE = 900_000
WRONG_CHARSETS = "utf-16 utf-7 idna punycode unicode_escape zlib_codec rot13 x-unknown mbcs hz iso-2022-kr".split()


def poisons(count: int, rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """So many (name, raw bytes), going through all kinds again and again in other sizes."""
    kinds = list(KINDS.items())
    for number in range(count):
        name, make = kinds[number % len(kinds)]
        yield f"{name} {number}", _with_lines(HEAD % (f"{name} {number}".encode(), number) + make(rng))


def _with_lines(raw: bytes) -> bytes:
    """The door refuses longer lines at once, and then nobody reads them."""
    lines = (
        line[at : at + LONGEST_LINE] for line in raw.split(b"\r\n") for at in range(0, len(line) or 1, LONGEST_LINE)
    )
    return b"\r\n".join(lines)


def _text(body: bytes, kind: str = "plain", charset: str = "utf-8") -> bytes:
    return f"Content-Type: text/{kind}; charset={charset}\r\n\r\n".encode() + body


def _deep_html(rng: random.Random) -> bytes:
    tag = rng.choice((b"<div>", b"<b><i>", b"<table><tr><td>", b"<blockquote>", b"<font><a href=x>"))
    return _text(tag * rng.randint(50_000, 200_000) + b"text", "html")


def _broken_html(rng: random.Random) -> bytes:
    pieces = (b"<a ", b"<!--", b"]]>", b"<svg><style>", b"&#x", b"</p", b'="', b"<td/", b"&" * 50, b"<![endif]")
    return _text(b"".join(rng.choice(pieces) for _ in range(200_000)), "html")


def _styles(rng: random.Random) -> bytes:
    style = b"<style>p.MsoNormal{mso-style-parent:'';margin:0cm;}" + b"a{b:c;}" * rng.randint(100_000, 400_000)
    return _text(style + b"</style><p class=MsoNormal>text" + b"<o:p></o:p>" * 50_000, "html")


def _huge_base64(rng: random.Random) -> bytes:
    data = base64.encodebytes(rng.randbytes(rng.randint(5_000_000, 12_000_000))).replace(b"\n", b"\r\n")
    return b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + data


def _many_parts(rng: random.Random) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * rng.randint(20_000, 100_000) + b"--b--\r\n"


def _deep_parts(rng: random.Random) -> bytes:
    depth = rng.randint(500, 5000)
    return b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))


def _deep_messages(rng: random.Random) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * rng.randint(500, 5000) + b"Subject: inside\r\n\r\nx"


def _lying_charset(rng: random.Random) -> bytes:
    return _text(rng.randbytes(200_000), rng.choice(("plain", "html")), rng.choice(WRONG_CHARSETS))


def _many_headers(rng: random.Random) -> bytes:
    return b"".join(b"X-%d: y\r\n" % n for n in range(rng.randint(20_000, 100_000))) + _text(b"x")


def _long_header(rng: random.Random) -> bytes:
    lines = b"\r\n ".join([b"word " * 100] * rng.randint(1000, 8000))
    return b"X-Long: " + lines + b"\r\n" + _text(b"x")


def _encoded_words(rng: random.Random) -> bytes:
    words = b"\r\n ".join([b"=?utf-8?B?" + base64.b64encode(rng.randbytes(20)) + b"?=" for _ in range(20_000)])
    return b"Subject: " + words + b"\r\n" + _text(b"x")


def _addresses(rng: random.Random) -> bytes:
    odd = rng.choice((b"(" * 50_000, b"a@b.example," * 50_000, b'"' * 50_001, b"<" * 50_000, b"group:" * 20_000))
    return b"Cc: " + odd + b"\r\n" + _text(b"x")


def _references(rng: random.Random) -> bytes:
    ids = b"\r\n ".join(b"<%d@bad.example>" % n for n in range(rng.randint(20_000, 60_000)))
    return b"References: " + ids + b"\r\n" + _text(b"x")


def _parameters(rng: random.Random) -> bytes:
    pieces = b";\r\n ".join(b"filename*%d*=%%41%%zz" % n for n in range(rng.randint(5_000, 20_000)))
    return b"Content-Disposition: attachment;\r\n " + pieces + b"\r\n" + _text(b"x")


def _quotes(rng: random.Random) -> bytes:
    line = b"> " * rng.randint(200, 2000) + b"On Monday, x wrote:\r\n"
    return _text(line * 500 + b"From: a\r\nSent: b\r\n" * 20_000)


def _blanks(rng: random.Random) -> bytes:
    return _text(b"a" + b" " * 2_000_000 + b"\r\n-- " * 20_000 + b"_" * 500_000 + b"\t" * 500_000)


def _control_bytes(rng: random.Random) -> bytes:
    return _text(bytes(range(32)) * 5000 + b"\xff\xfe\x00" * 5000 + "\u202e\u200b".encode() * 5000)


def _unended_boundary(rng: random.Random) -> bytes:
    line = b"--b\r\n--bb\r\n--b-\r\n--b --\r\n"
    return b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + line * rng.randint(5_000, 30_000)


def _uuencoded(rng: random.Random) -> bytes:
    return _text(b"begin 644 a.bin\r\n" * 2000 + b"M" + b"#" * 60 + b"\r\n" + b"begin 644 b\r\n`\r\nend\r\n" * 5000)


def _tnef(rng: random.Random) -> bytes:
    data = b"\x78\x9f\x3e\x22" + rng.randbytes(200_000)
    body = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body


def _noise(rng: random.Random) -> bytes:
    return rng.randbytes(300_000)


KINDS: dict[str, Callable[[random.Random], bytes]] = {
    made.__name__.strip("_").replace("_", " "): made
    for made in (
        _deep_html, _broken_html, _styles, _huge_base64, _many_parts, _deep_parts, _deep_messages, _lying_charset,
        _many_headers, _long_header, _encoded_words, _addresses, _references, _parameters, _quotes, _blanks,
        _control_bytes, _unended_boundary, _uuencoded, _tnef, _noise,
    )
}  # fmt: skip
