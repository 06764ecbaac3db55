"""From the MIME tree to what a person reads and what hangs on it: body segments and attachments."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from rapport.channels.contract import Attachment
from rapport.channels.email.parsing.calendars import summary
from rapport.channels.email.parsing.charsets import decode_text
from rapport.channels.email.parsing.cms import content_kind, signed_content
from rapport.channels.email.parsing.filenames import clean_filename
from rapport.channels.email.parsing.limits import Reading
from rapport.channels.email.parsing.rtf import read_rtf
from rapport.channels.email.parsing.tnef import TnefPackage, is_tnef, read_tnef
from rapport.channels.email.parsing.transfer import take_uu_files
from rapport.channels.email.parsing.tree import Part, read_tree

READABLE = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown"})
# Variants of the same text for special screens: of no use beside plain text or HTML.
SIDE_VERSIONS = frozenset({"text/x-amp-html", "text/watch-html", "text/x-watch-html"})
SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
CALENDARS = frozenset({"text/calendar", "application/ics"})
MESSAGES = frozenset({"message/rfc822", "message/global"})
REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status", "message/feedback-report"})
REPORTS |= {"message/disposition-notification", "text/rfc822-headers", "message/global-headers"}

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?\s*([\w.:-]{1,40})", re.I)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]+")


@dataclass(slots=True)
class Segment:
    """One piece of readable body in the order of the message; None where a version does not exist."""

    text: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Contents:
    """Everything below one part."""

    segments: list[Segment] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    machine: list[Part] = field(default_factory=list)  # reports for programs, read by `bounces`
    invitations: list[str] = field(default_factory=list)


def read_contents(root: Part, reading: Reading) -> Contents:
    """Body segments and attachments of a message."""
    contents = Contents()
    _gather(root, contents, reading)
    if not any((segment.text or segment.html or "").strip() for segment in contents.segments):
        contents.segments += _last_resort(root, contents, reading)
    # In front, where no signature and no quotation can hide them; a version for each mail program says the same twice.
    contents.segments[:0] = [Segment(text=told) for told in dict.fromkeys(contents.invitations)]
    return contents


def _last_resort(root: Part, contents: Contents, reading: Reading) -> list[Segment]:
    """A message without readable part may have its words in a report or in front of the first part."""
    texts = [body_text(part, "text/plain", reading) for part in contents.machine]
    if not texts and root.mime.startswith("multipart/") and root.children:
        texts = [decode_text(root.raw[root.body : min(root.children[0].start, root.body + 100_000)])]
        texts = [text.rpartition("\n--")[0].replace("\r", "") for text in texts]
    return [Segment(text=text) for text in texts if text.strip()]


def _gather(part: Part, into: Contents, reading: Reading) -> None:
    if part.mime == "multipart/alternative" and part.children:
        _gather_alternative(part, into, reading)
    elif part.mime.startswith("multipart/"):
        for child in part.children:
            _gather(child, into, reading)
        if part.mime == "multipart/encrypted":
            reading.problem("the message is encrypted: only its envelope could be read")
    elif part.mime in MESSAGES:
        _attach_message(part, into, reading)
    elif part.mime in REPORTS and not part.filename:
        into.machine.append(part)
    elif _is_body(part):
        into.segments.append(_segment(part, into, reading))
    elif is_tnef(part.mime, part.filename):
        _gather_tnef(part, into, reading)
    elif part.mime in SMIME:
        _gather_smime(part, into, reading)
    else:
        _attach(part, into, reading)
        if part.mime in CALENDARS and (told := summary(body_text(part, part.mime, reading))):
            into.invitations.append(told)
        elif part.mime == "message/partial":
            reading.problem("one piece of a message that was sent in several: it is kept as a file")


def _gather_smime(part: Part, into: Contents, reading: Reading) -> None:
    """The file as it came, and what was signed in it, which anybody may read."""
    _attach(part, into, reading)
    content = part.content if reading.unpack(part.end - part.body) else b""
    kind = content_kind(content)
    signed = signed_content(content) if kind == "signed" else b""
    if kind == "encrypted":
        reading.problem("the message is encrypted (S/MIME): it is kept as a file that its key opens")
    elif not signed:
        reading.problem("an S/MIME part is kept as a file: its content was not read")
    elif part.depth >= reading.limits.depth:
        reading.problem(f"parts nested deeper than {reading.limits.depth}: what lies below was not read")
    else:
        reading.problem("the message is signed (S/MIME); the signature was not checked")
        _gather(read_tree(signed, reading, depth=part.depth + 1), into, reading)


def _is_body(part: Part) -> bool:
    if part.mime not in READABLE:
        return False
    if part.depth == 0:
        return part.disposition != "attachment" or not part.filename
    return part.disposition != "attachment" and not part.filename


def _gather_alternative(part: Part, into: Contents, reading: Reading) -> None:
    """One segment out of several versions of the same text; what hangs on any version is kept."""
    versions: list[Contents] = []
    side: list[Part] = []
    for child in part.children:
        if child.mime in SIDE_VERSIONS:
            side.append(child)
            continue
        version = Contents()
        _gather(child, version, reading)
        versions.append(version)
        into.attachments += version.attachments
        into.invitations += version.invitations
    texts = [
        segment.text for version in versions for segment in version.segments if segment.text and segment.text.strip()
    ]
    htmls = [
        segment.html for version in versions for segment in version.segments if segment.html and segment.html.strip()
    ]
    plain = [version for version in versions if not any(segment.html for segment in version.segments)]
    if plain and htmls:
        # Several texts beside HTML are mostly a text and its own attachments' captions inside a related part.
        texts = [
            segment.text for version in plain for segment in version.segments if segment.text and segment.text.strip()
        ]
    if texts or htmls:
        into.segments.append(Segment("\n".join(texts) if texts else None, "\n".join(htmls) if htmls else None))
    elif side:
        into.segments.append(Segment(html=body_text(side[0], "text/html", reading)))


def _segment(part: Part, into: Contents, reading: Reading) -> Segment:
    if part.mime == "text/html":
        return Segment(html=body_text(part, part.mime, reading))
    if part.mime in ("text/enriched", "text/richtext"):
        return Segment(text=re.sub(r"<[^<>]{0,200}>", "", body_text(part, part.mime, reading)))
    content, files = _without_uu_files(part, reading)
    for name, file in files:
        into.attachments.append(make_attachment(clean_filename(decode_text(name)), "application/octet-stream", file))
    text = body_text(part, part.mime, reading, content=content)
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return Segment(text=text)


def _without_uu_files(part: Part, reading: Reading) -> tuple[bytes | None, list[tuple[bytes, bytes]]]:
    """A plain text without the uuencoded files in it, and those; None when there are none to look for."""
    encoded = part.headers.get("content-transfer-encoding").strip().lower() == "base64"
    if not encoded and part.raw.find(b"begin", part.body, part.end) < 0:
        return None, []
    if not reading.unpack(part.end - part.body):
        return None, []
    return take_uu_files(part.content)


def body_text(part: Part, mime: str, reading: Reading, *, content: bytes | None = None) -> str:
    """The decoded text of a part, with line breaks as LF and without control characters, as far as may be read.

    `content`: the bytes, when the caller has them already.
    """
    if content is None:
        content = part.beginning(reading.take_text(part.end - part.body))
    else:
        content = content[: reading.take_text(len(content))]
    charset = part.parameters.get("charset", "")
    if not charset and mime == "text/html":
        meta = _META_CHARSET.search(content, 0, 4096)
        charset = meta.group(1).decode("ascii") if meta else ""
    text = decode_text(content, charset)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text)


def unflow(text: str, *, delete_space: bool = False) -> str:
    """RFC 3676: lines that end with a space go on in the next line of the same quote depth."""
    lines: list[str] = []
    pieces: list[str] = []
    depth = 0
    for line in text.split("\n"):
        level = len(line) - len(line.lstrip(">"))
        line = line[level:]
        line = line[1:] if line[:1] == " " else line
        if pieces and (level != depth or line == "-- "):
            lines.append(_quoted_line(depth, pieces))
            pieces = []
        depth = level
        flows = line[-1:] == " " and line != "-- "
        pieces.append(line[:-1] if flows and delete_space else line)
        if not flows:
            lines.append(_quoted_line(depth, pieces))
            pieces = []
    if pieces:
        lines.append(_quoted_line(depth, pieces))
    return "\n".join(lines)


def _quoted_line(depth: int, pieces: list[str]) -> str:
    text = "".join(pieces)
    return f"{'>' * depth} {text}" if depth else text


def make_attachment(filename: str, mime: str, content: bytes, *, cid: str = "", inline: bool = False) -> Attachment:
    """An attachment with its size and hash."""
    return Attachment(filename, mime, len(content), hashlib.sha256(content).hexdigest(), content, cid, inline)


def _attach(part: Part, into: Contents, reading: Reading) -> None:
    if reading.unpack(part.end - part.body):
        into.attachments.append(_attachment(part))


def _attachment(part: Part) -> Attachment:
    mime = part.mime
    name = part.guessed_filename
    stem = (
        "calendar"
        if mime == "text/calendar"
        else "smime"
        if "pkcs7" in mime
        else "signature"
        if "pgp-sig" in mime
        else ""
    )
    inline = part.disposition != "attachment" and (part.disposition == "inline" or bool(part.cid))
    return make_attachment(
        clean_filename(name, mime, stem=stem or "attachment"), mime, part.content, cid=part.cid, inline=inline
    )


def _attach_message(part: Part, into: Contents, reading: Reading) -> None:
    """The message as one file named after its subject, then the files that hang on it."""
    inner = part.children[0] if part.children else None
    if not reading.unpack(part.end - part.body):
        return
    subject = inner.headers.text("subject") if inner else ""
    name = clean_filename(part.filename or subject, stem="message")
    name = name if name.lower().endswith((".eml", ".msg", ".mht")) else f"{name[:190]}.eml"
    # Line ends as a mail program saves them, so that one message has one hash however it travelled.
    content = (inner.raw[inner.start : inner.end] if inner else part.content).replace(b"\r\n", b"\n")
    into.attachments.append(make_attachment(name, part.mime, content, cid=part.cid))
    if inner:
        below = Contents()
        _gather(inner, below, reading)
        into.attachments += below.attachments


def _gather_tnef(part: Part, into: Contents, reading: Reading) -> None:
    """What Outlook packed into winmail.dat: its body counts only where there is no other."""
    if not reading.unpack(part.end - part.body):
        return
    content = part.content
    package = read_tnef(content)
    if package is None:
        reading.problem("a winmail.dat could not be read; it is kept as it is")
        into.attachments.append(_attachment(part))
        return
    if package.problem:
        reading.problem(f"a winmail.dat could be read only in part: {package.problem}")
    for file in package.files:
        into.attachments.append(
            make_attachment(clean_filename(file.name, file.mime), file.mime, file.content, cid=file.cid)
        )
    text, html = _words_of(package)
    if not into.segments and (html or text):
        into.segments.append(
            Segment(text[: reading.take_text(len(text))] or None, html[: reading.take_text(len(html))] or None)
        )
    elif not package.files and not html and not text and not package.rtf:
        into.attachments.append(_attachment(part))
    if package.rtf and not html and not text and not into.segments:
        into.attachments.append(make_attachment("message.rtf", "application/rtf", package.rtf))


def _words_of(package: TnefPackage) -> tuple[str, str]:
    """Text and HTML of a package. Where Outlook packed RTF alone, what is wrapped in it."""
    if package.html or not package.rtf:
        return package.text, package.html
    text, html = read_rtf(package.rtf)
    return package.text or text, html
