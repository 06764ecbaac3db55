"""Edge cases of MIME: for each mail the files that must be found, by name and content, and words that must be readable."""

from __future__ import annotations

import base64
import binascii
import quopri

import pytest

from rapport.channels.email.parsing.mail import parse_mail

HEAD = b"From: rosa@garden.example\nTo: help@florist.example\nSubject: Roses\n"
PETAL = bytes(range(256)) * 3
B64 = base64.encodebytes(PETAL)
FILE = b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n" + B64


def mixed(*parts: bytes, kind: bytes = b"mixed", boundary: bytes = b"b", end: bytes = b"\n--b--\n") -> bytes:
    head = HEAD + b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\n\n'
    return head + b"".join(b"--" + boundary + b"\n" + part for part in parts) + end


def named(disposition: bytes) -> bytes:
    head = b"Content-Type: application/pdf\nContent-Disposition: " + disposition
    return mixed(b"\nhello\n", head + b"\nContent-Transfer-Encoding: base64\n\n" + B64)


def uu(name: bytes, content: bytes) -> bytes:
    lines = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    return b"begin 644 " + name + b"\n" + lines + b"`\nend\n"


A = [("a.pdf", PETAL)]
CASES: dict[str, tuple[bytes, list[tuple[str, bytes]], str]] = {
    "plain": (mixed(b"\nhello\n", FILE), A, "hello"),
    "crlf": (mixed(b"\nhello\n", FILE).replace(b"\n", b"\r\n"), A, "hello"),
    "cr only": (mixed(b"\nhello\n", FILE).replace(b"\n", b"\r"), A, "hello"),
    "crcrlf": (mixed(b"\nhello\n", FILE).replace(b"\n", b"\r\r\n"), A, "hello"),
    "no end": (mixed(b"\nhello\n", FILE, end=b""), A, "hello"),
    "no end and half a line": (mixed(b"\nhello\n", FILE + b"AA", end=b""), [("a.pdf", PETAL + b"\0")], "hello"),
    "boundary not as declared": (mixed(b"\nhello\n", FILE).replace(b'"b"', b'"c"'), A, "hello"),
    "no boundary declared": (mixed(b"\nhello\n", FILE).replace(b'; boundary="b"', b""), A, "hello"),
    "boundary with spaces behind": (mixed(b"\nhello\n", FILE).replace(b"--b\n", b"--b  \t\n"), A, "hello"),
    "boundary begins another": (mixed(b"\nhello\n", b"Content-Type: multipart/mixed; boundary=bb\n\n--bb\n" + FILE + b"--bb--\n"), A, "hello"),
    "same boundary inside": (mixed(b"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nhello\n", FILE), A, "hello"),
    "boundary in quotes with odd signs": (mixed(b"\nhello\n", FILE, boundary=b"=_(a)'+_,./:=?", end=b"\n--=_(a)'+_,./:=?--\n"), A, "hello"),
    "boundary with spaces and a parenthesis": (
        mixed(b"\nhello\n", FILE, boundary=b"==_ _= 4617(244)", end=b"\n--==_ _= 4617(244)--\n"),
        A,
        "hello",
    ),
    "boundary cut in its declaration": (mixed(b"\nhello\n", FILE, boundary=b"long boundary", end=b"\n--long boundary--\n").replace(b'"long boundary"', b"long"), A, "hello"),
    "boundary unquoted with equals": (mixed(b"\nhello\n", FILE, boundary=b"==x==", end=b"\n--==x==--\n").replace(b'"==x=="', b"==x=="), A, "hello"),
    "multipart typed octet-stream": (mixed(b"\nhello\n", FILE).replace(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: BASE64 "), A, "hello"),
    "multipart itself says base64": (mixed(b"\nhello\n", FILE).replace(b"Subject: Roses\n", b"Subject: Roses\nContent-Transfer-Encoding: base64\n"), A, "hello"),
    "mbox line in front": (b"From rosa@garden.example Mon Nov  2 10:00:00 2026\n" + mixed(b"\nhello\n", FILE), A, "hello"),
    "byte order mark in front": (b"\xef\xbb\xbf" + mixed(b"\nhello\n", FILE), A, "hello"),
    "blank lines in front": (b"\n\r\n" + mixed(b"\nhello\n", FILE), A, "hello"),
    "header without blank line": (HEAD + b"hello\n", [], "hello"),
    "a line among headers that is none": (mixed(b"\nhello\n", FILE).replace(b"Subject", b"garbage line\nSubject"), A, "hello"),
    "space before colon": (mixed(b"\nhello\n", FILE).replace(b"Content-Type:", b"Content-Type :"), A, "hello"),
    "upper case": (mixed(b"\nhello\n", FILE).replace(b"Content-Type", b"CONTENT-TYPE").replace(b"multipart/mixed", b"MULTIPART/MIXED"), A, "hello"),
    "content type twice": (mixed(b"\nhello\n", FILE.replace(b"name=a.pdf", b"name=a.pdf\nContent-Type: text/plain")), A, "hello"),
    "type without slash": (mixed(b"\nhello\n", FILE.replace(b"application/pdf", b"pdf")), A, "hello"),
    "type empty": (mixed(b"\nhello\n", FILE.replace(b"Content-Type: application/pdf; name=a.pdf", b'Content-Disposition: attachment; filename="a.pdf"')), A, "hello"),
    "the only part is a file": (HEAD + FILE, A, ""),
    "the only part is an image": (HEAD + FILE.replace(b"application/pdf; name=a.pdf", b"image/png"), [("attachment.png", PETAL)], ""),
    "text as attachment": (mixed(b"\nhello\n", b"Content-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n\nnotes"), [("a.txt", b"notes")], "hello"),
    "text inline with a name": (mixed(b"\nhello\n", b"Content-Type: text/plain\nContent-Disposition: inline; filename=a.txt\n\nnotes"), [("a.txt", b"notes")], "hello"),
    "html as attachment": (mixed(b"\nhello\n", b"Content-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n<b>x</b>"), [("a.html", b"<b>x</b>")], "hello"),
    "empty file": (mixed(b"\nhello\n", b"Content-Type: application/pdf; name=a.pdf\n\n"), [("a.pdf", b"")], "hello"),
    "wrong encoding name": (mixed(b"\nhello\n", FILE.replace(b": base64", b": base-64")), A, "hello"),
    "encoding in quotes": (mixed(b"\nhello\n", FILE.replace(b": base64", b': "base64"')), A, "hello"),
    "encoding with a comment": (mixed(b"\nhello\n", FILE.replace(b": base64", b": base64 (x)")), A, "hello"),
    "says 8bit": (mixed(b"\nhello\n", FILE.replace(b": base64\n\n" + B64, b": 8bit\n\n") + b"petals"), [("a.pdf", b"petals")], "hello"),
    "quoted-printable": (mixed(b"\nhello\n", b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: quoted-printable\n\n" + quopri.encodestring(PETAL)), A, "hello"),
    "base64 without padding": (mixed(b"\nhello\n", FILE.replace(B64, base64.b64encode(PETAL + b"x").rstrip(b"=") + b"\n")), [("a.pdf", PETAL + b"x")], "hello"),
    "base64 with rubbish": (mixed(b"\nhello\n", FILE.replace(B64, B64.replace(b"\n", b"!\n"))), A, "hello"),
    "base64 in padded blocks": (mixed(b"\nhello\n", FILE.replace(B64, b"".join(base64.b64encode(PETAL[at : at + 100]) + b"\n" for at in range(0, len(PETAL), 100)))), A, "hello"),
    "base64 in one line": (mixed(b"\nhello\n", FILE.replace(B64, base64.b64encode(PETAL))), A, "hello"),
    "uuencoded part": (mixed(b"\nhello\n", b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: x-uuencode\n\n" + uu(b"a.pdf", PETAL)), A, "hello"),
    "uuencoded in text": (HEAD + b"\nhello\n\n" + uu(b"a.pdf", PETAL), A, "hello"),
    "two uuencoded in text": (HEAD + b"\nhello\n" + uu(b"a.pdf", PETAL) + b"and\n" + uu(b"b c.pdf", b"y"), [*A, ("b c.pdf", b"y")], "and"),
    "uuencoded in base64 text": (HEAD + b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"hello\n" + uu(b"a.pdf", PETAL)), A, "hello"),
    "begin-base64 in text": (HEAD + b"\nhello\nbegin-base64 644 a.pdf\n" + B64 + b"====\n", A, "hello"),
    "begin that is a sentence": (HEAD + b"\nbegin 644 times\nno file\nend\n", [], "begin 644 times"),
    "related with picture": (mixed(b"Content-Type: text/html\n\n<p>hello<img src=cid:x>\n", b"Content-Type: image/png\nContent-ID: <x>\nContent-Transfer-Encoding: base64\n\n" + B64, kind=b"related"), [("attachment.png", PETAL)], "hello"),
    "file inside alternative": (mixed(b"\nhello\n", b"Content-Type: text/html\n\n<p>hello\n", FILE, kind=b"alternative"), A, "hello"),
    "mixed inside alternative": (mixed(b"\nhello\n", b"Content-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/html\n\n<p>hello\n--i\n" + FILE + b"--i--\n", kind=b"alternative"), A, "hello"),
    "message attached": (mixed(b"\nhello\n", b"Content-Type: message/rfc822\n\nSubject: Old\n\nold words"), [("Old.eml", b"Subject: Old\n\nold words")], "hello"),
    "message attached in base64": (mixed(b"\nhello\n", b"Content-Type: message/rfc822; name=o.eml\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"Subject: Old\n\nold words")), [("o.eml", b"Subject: Old\n\nold words")], "hello"),
    "message with a file attached": (mixed(b"\nhello\n", b"Content-Type: message/rfc822\n\nSubject: Old\n" + FILE), [("Old.eml", b"Subject: Old\n" + FILE), *A], "hello"),
    "digest": (mixed(b"\nSubject: One\n\n1\n", b"\nSubject: Two\n\n2\n", kind=b"digest"), [("One.eml", b"Subject: One\n\n1"), ("Two.eml", b"Subject: Two\n\n2\n")], ""),
    "pgp signed": (mixed(b"\nhello\n", b"Content-Type: application/pgp-signature; name=signature.asc\n\nsig", kind=b"signed"), [("signature.asc", b"sig")], "hello"),
    "pgp encrypted": (mixed(b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n", b"Content-Type: application/octet-stream; name=encrypted.asc\n\nsecret", kind=b"encrypted"), [("attachment.asc", b"Version: 1"), ("encrypted.asc", b"secret")], ""),
    "partial message": (HEAD + b"Content-Type: message/partial; id=x; number=1; total=2\n\nSubject: big\n\nfirst half", [("attachment.bin", b"Subject: big\n\nfirst half")], ""),
    "external body": (mixed(b"\nhello\n", b"Content-Type: message/external-body; access-type=URL; url=x\n\nContent-Type: image/png\n"), [("attachment.bin", b"Content-Type: image/png\n")], "hello"),
    "name in two encodings": (named(b"attachment; filename=\"=?utf-8?B?R3LDvMOfZQ==?= =?iso-8859-1?Q?=FC.pdf?=\""), [("Grüßeü.pdf", PETAL)], "hello"),
    "name split in the middle of a letter": (named(b"attachment; filename*0*=utf-8''Gr%C3;\n filename*1*=%BC.pdf"), [("Grü.pdf", PETAL)], "hello"),
    "name continued out of order": (named(b"attachment; filename*1=\"b.pdf\";\n filename*0=\"a\""), [("ab.pdf", PETAL)], "hello"),
    "name raw latin-1": (named(b'attachment; filename="Gr\xfc\xdfe.pdf"'), [("Grüße.pdf", PETAL)], "hello"),
    "name raw utf-8": (named('attachment; filename="Grüße.pdf"'.encode()), [("Grüße.pdf", PETAL)], "hello"),
    "name in shift-jis": (named(b"attachment; filename*=shift_jis''%83o%83%89.pdf"), [("バラ.pdf", PETAL)], "hello"),
    "name with a lying charset": (named(b"attachment; filename*=us-ascii''Gr%C3%BC.pdf"), [("Grü.pdf", PETAL)], "hello"),
    "name without quotes and with spaces": (named(b"attachment; filename=my roses.pdf"), [("my roses.pdf", PETAL)], "hello"),
    "name with a semicolon in quotes": (named(b'attachment; filename="a;b.pdf"'), [("a;b.pdf", PETAL)], "hello"),
    "name with an unended quote": (named(b'attachment; filename="a.pdf'), A, "hello"),
    "name with a number in parentheses": (named(b'attachment; filename="a (1).pdf"'), [("a (1).pdf", PETAL)], "hello"),
    "name with parentheses and no quotes": (named(b"attachment; filename=a (1).pdf"), [("a (1).pdf", PETAL)], "hello"),
    "name and a comment": (named(b"attachment (a file); filename=a.pdf (the roses)"), A, "hello"),
    "name folded": (named(b'attachment;\n\tfilename="a\n .pdf"'), [("a .pdf", PETAL)], "hello"),
    "name only in the type": (named(b"attachment").replace(b"application/pdf", b"application/pdf; name=a.pdf"), A, "hello"),
    "two names": (named(b"attachment; filename=a.pdf; filename*=utf-8''Gr%C3%BC.pdf"), [("Grü.pdf", PETAL)], "hello"),
    "disposition unknown": (named(b"x-attached; filename=a.pdf"), A, "hello"),
    "disposition empty": (named(b"; filename=a.pdf"), A, "hello"),
    "description for a name": (mixed(b"\nhello\n", b"Content-Type: application/pdf\nContent-Description: a.pdf\nContent-Transfer-Encoding: base64\n\n" + B64), A, "hello"),
    "location for a name": (mixed(b"\nhello\n", b"Content-Type: application/pdf\nContent-Location: http://x.example/dir/a.pdf\nContent-Transfer-Encoding: base64\n\n" + B64), A, "hello"),
    "apple double": (mixed(b"\nhello\n", b"Content-Type: multipart/appledouble; boundary=i\n\n--i\nContent-Type: application/applefile; name=a.pdf\n\nfork\n--i\n" + FILE + b"--i--\n"), [("a.pdf", b"fork"), *A], "hello"),
    "flowed with delsp": (HEAD + b"Content-Type: text/plain; format=flowed; delsp=yes\n\nhel \nlo\n", [], "hello"),
    "utf-16 text": (HEAD + b"Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode("hello".encode("utf-16-le")), [], "hello"),
    "text with a byte order mark": (HEAD + b"Content-Type: text/plain; charset=iso-8859-1\n\n\xef\xbb\xbfhello", [], "hello"),
    "text without type in binary": (HEAD + b"Content-Transfer-Encoding: binary\n\nhello\0there", [], "hello"),
    "enriched": (HEAD + b"Content-Type: text/enriched\n\n<bold>hello</bold>", [], "hello"),
    "html only in a multipart without parts": (HEAD + b"Content-Type: multipart/alternative; boundary=x\n\n<html><p>hello</html>", [], "hello"),
    "words in front of the first part": (mixed(FILE).replace(b"--b\n", b"hello, your program is old\n--b\n", 1), A, "hello"),
    "quoted-printable text cut in half": (HEAD + b"Content-Transfer-Encoding: quoted-printable\n\nhello =C3=BC =C", [], "hello ü"),
    "base64 text that is plain": (HEAD + b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nHello, I am no base64 at all, am I?\n", [], "I am no base64"),
    "closing line behind each part": (mixed(b"\nhello\n", FILE).replace(b"\n--b\nContent", b"\n--b--\n\n--b\nContent"), A, "hello"),
    "same boundary inside, closed": (mixed(b"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nhello\n--b--\n", FILE), A, "hello"),
    "boundary lines indented": (mixed(b"\nhello\n", FILE).replace(b"--b", b" --b"), A, "hello"),
    "no boundary declared, a rule above the first part": (mixed(b"\nhello\n", FILE).replace(b'; boundary="b"\n\n', b"\n\n--------\nhello\n\n").replace(b"--b\n\nhello", b"--b\nContent-Type: text/plain\n\nhello"), A, "hello"),
    "type twice": (mixed(b"\nhello\n", FILE).replace(b"Subject", b"Content-Type: text/plain\nSubject"), A, "hello"),
    "type misspelt": (mixed(b"\nhello\n", FILE).replace(b"multipart/", b"mulitpart/"), A, "hello"),
    "type in quotes": (mixed(b"\nhello\n", FILE).replace(b"multipart/mixed", b'"multipart/mixed"'), A, "hello"),
    "type below the blank line": (mixed(b"\nhello\n", FILE).replace(b"Content-Type: multi", b"\nContent-Type: multi"), A, "hello"),
    "no type above parts": (HEAD + b"\n--b\nContent-Type: text/plain\n\nhello\n--b\n" + FILE + b"\n--b--\n", A, "hello"),
    "parts told as text": (HEAD + b"Content-Type: text/plain\n\n--b\nContent-Type: text/plain\n\nhello\n--b\n" + FILE + b"\n--b--\n", A, "hello"),
    "a text that speaks of parts": (HEAD + b"\nhello, what does this mean?\n\n--b\nContent-Type: text/plain\n\nx\n--b--\n", [], "--b--"),
    "parts encoded as a whole": (HEAD + b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(mixed(b"\nhello\n", FILE).split(b"\n\n", 1)[1]), A, "hello"),
    "encoding behind a comment": (mixed(b"\nhello\n", FILE.replace(b": base64", b": (x) base64")), A, "hello"),
    "encoding as x-base64": (mixed(b"\nhello\n", FILE.replace(b": base64", b": x-base64")), A, "hello"),
    "base64 with a footer": (mixed(b"\nhello\n", FILE.replace(B64, base64.encodebytes(PETAL + b"x") + b"\n______________\nRoses mailing list\n")), [("a.pdf", PETAL + b"x")], "hello"),
    "base64 with words behind it": (mixed(b"\nhello\n", FILE.replace(B64, base64.encodebytes(PETAL + b"x") + b"\nChecked for thorns by our gardener.\n")), [("a.pdf", PETAL + b"x")], "hello"),
    "base64 for addresses": (mixed(b"\nhello\n", FILE.replace(B64, base64.urlsafe_b64encode(PETAL))), A, "hello"),
    "base64 with its padding encoded": (mixed(b"\nhello\n", FILE.replace(B64, base64.b64encode(PETAL + b"x").replace(b"=", b"=3D") + b"\n")), [("a.pdf", PETAL + b"x")], "hello"),
    "quoted-printable with blanks behind a soft break": (mixed(b"\nhello\n", b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: quoted-printable\n\npe= \t\ntals"), [("a.pdf", b"petals")], "hello"),
    "uuencoded and cut": (HEAD + b"\nhello\n\n" + uu(b"a.pdf", PETAL).removesuffix(b"`\nend\n"), A, "hello"),
    "uuencoded with a letter too many": (HEAD + b"\nhello\n\n" + uu(b"a.pdf", PETAL).replace(b"\nM", b"x\nM").replace(b"pdfx", b"pdf"), A, "hello"),
    "name folded without a blank": (named(b'attachment;\nfilename="a.pdf"'), A, "hello"),
    "name in single quotes": (named(b"attachment; filename='a.pdf'"), A, "hello"),
    "name raw in Chinese": (named(b'attachment; filename="' + "玫瑰花价目表.pdf".encode("gb2312") + b'"'), [("玫瑰花价目表.pdf", PETAL)], "hello"),
    "name raw in Japanese": (named(b'attachment; filename="' + "バラのカタログ.pdf".encode("cp932") + b'"'), [("バラのカタログ.pdf", PETAL)], "hello"),
    "nothing": (HEAD + b"\n", [], ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_files_and_the_words_of_an_odd_mail_are_found(name: str) -> None:
    raw, files, words = CASES[name]
    inbound = parse_mail(raw)
    assert [(file.filename, file.content) for file in inbound.attachments] == files
    assert words in inbound.text
    assert not [problem for problem in inbound.problems if "Error" in problem]
