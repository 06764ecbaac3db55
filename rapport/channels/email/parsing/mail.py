"""`parse_mail`: one message as any bytes to one `Inbound`. It never raises; what went wrong stands in `problems`."""

from __future__ import annotations

import html as entities
from dataclasses import dataclass, field

from rapport.channels.contract import Inbound, InboundKind
from rapport.channels.email.parsing.addresses import read_addresses, read_sender
from rapport.channels.email.parsing.bodies import Contents, Segment, make_attachment, read_contents
from rapport.channels.email.parsing.dates import read_date
from rapport.channels.email.parsing.kinds import judge_kind
from rapport.channels.email.parsing.limits import Limits, Reading
from rapport.channels.email.parsing.outlook_file import is_outlook_file, mail_of
from rapport.channels.email.parsing.tracing import (
    authentication_results,
    content_key,
    envelope_hints,
    first_id,
    spam_headers,
    thread_ids,
)
from rapport.channels.email.parsing.tree import Part, read_tree
from rapport.kit.html import sanitize
from rapport.kit.html_shape import tame
from rapport.kit.html_text import text_of
from rapport.language.forwarding import is_forward_subject
from rapport.language.html_splitting import split_html
from rapport.language.splitting import SplitReply, split_reply

LARGEST_SPLIT_HTML = 500_000
_DEFAULT_LIMITS = Limits()


def parse_mail(raw: bytes, limits: Limits = _DEFAULT_LIMITS) -> Inbound:
    """Translate a raw message within `limits`. Never raises for what it reads: at worst the result holds the problems.

    MemoryError alone goes through, from a process that may have no more: half a mail must not pass for a whole one.
    """
    reading = Reading(limits)
    inbound = Inbound(problems=reading.problems)
    if len(raw) > limits.message:
        reading.problem(f"the message is longer than {limits.message} bytes: the rest was not read")
        raw = raw[: limits.message]
    if is_outlook_file(raw):
        unpacked = _unpacked(raw, reading)
        if unpacked is None:
            inbound.attachments.append(make_attachment("message.msg", "application/vnd.ms-outlook", raw))
            inbound.suspicious_sender = True
            return inbound
        raw = unpacked
    try:
        work = _Work(read_tree(_with_line_feeds(raw).lstrip(b"\r\n"), reading), reading)
    except MemoryError:
        raise
    except Exception as error:
        reading.problem(f"the structure could not be read ({type(error).__name__})")
        return inbound
    for step in (_read_envelope, _read_body, _read_kind, _read_reply):
        try:
            step(inbound, work)
        except MemoryError:
            raise
        except Exception as error:
            reading.problem(f"{step.__name__.removeprefix('_read_')} could not be read whole ({type(error).__name__})")
    return inbound


def _unpacked(raw: bytes, reading: Reading) -> bytes | None:
    """The mail in an Outlook file, or None with the reason said."""
    try:
        mail = mail_of(raw)
    except MemoryError:
        raise
    except Exception:
        reading.problem("an Outlook file that is damaged: it is kept as an attachment")
        return None
    if mail is None:
        reading.problem("a file of Microsoft Office, not a mail: it is kept as an attachment")
    return mail


@dataclass(slots=True)
class _Work:
    """One message on its way through the steps."""

    root: Part
    reading: Reading
    contents: Contents = field(default_factory=Contents)


def _with_line_feeds(raw: bytes) -> bytes:
    """Mail of very old programs ends its lines with CR alone."""
    return raw.replace(b"\r", b"\n") if b"\r" in raw and b"\n" not in raw else raw


def _read_envelope(inbound: Inbound, work: _Work) -> None:
    root, reading = work.root, work.reading
    headers = root.headers
    inbound.sender, inbound.suspicious_sender = read_sender(headers)
    if inbound.suspicious_sender:
        reading.problem("the sender cannot be told for certain")
    inbound.reply_to = read_addresses(headers.all("reply-to")).addresses
    inbound.to = read_addresses(headers.all("to")).addresses
    inbound.cc = read_addresses(headers.all("cc")).addresses
    inbound.envelope_hints = envelope_hints(headers)
    inbound.subject = headers.text("subject")
    inbound.message_id = first_id(headers, "message-id")
    inbound.in_reply_to, inbound.references = thread_ids(headers)
    inbound.date = read_date(headers.get("date"))
    if inbound.date is None and headers.get("date"):
        reading.problem("the date could not be read")
    inbound.authentication_results = authentication_results(headers)
    inbound.spam_headers = spam_headers(headers)
    inbound.content_key = content_key(root, inbound.sender.email if inbound.sender else "")
    if not headers.items:
        reading.problem("the message has no headers")


def _read_body(inbound: Inbound, work: _Work) -> None:
    work.contents = read_contents(work.root, work.reading)
    inbound.attachments = work.contents.attachments
    _write_bodies(inbound, work.contents)


def _write_bodies(inbound: Inbound, contents: Contents) -> None:
    """`text` from every segment; `html` only if a segment has some, with plain segments set between."""
    texts: list[str] = []
    htmls: list[str] = []
    with_html = any(segment.html for segment in contents.segments)
    for segment in contents.segments:
        clean = sanitize(segment.html) if segment.html else ""
        text = segment.text if segment.text is not None and segment.text.strip() else text_of(clean) if clean else ""
        texts.append(text.strip("\n"))
        if with_html and (clean or text.strip()):
            htmls.append(clean or _as_html(text))
    inbound.text = "\n\n".join(text for text in texts if text.strip())
    inbound.html = "\n".join(htmls)


def _as_html(text: str) -> str:
    return '<p style="white-space:pre-wrap">' + entities.escape(text.strip("\n"), quote=False) + "</p>"


def _read_kind(inbound: Inbound, work: _Work) -> None:
    verdict = judge_kind(
        work.root,
        work.reading,
        text=inbound.text,
        subject=inbound.subject,
        sender=inbound.sender.email if inbound.sender else "",
    )
    inbound.kind = verdict.kind
    inbound.auto_submitted = verdict.auto_submitted
    inbound.bulk = verdict.bulk
    inbound.bounce = verdict.bounce
    inbound.returned_message_id = verdict.returned_message_id
    if inbound.kind is InboundKind.BOUNCE and not any(report.recipient for report in inbound.bounce):
        work.reading.problem("a bounce that does not say for whom")


def _read_reply(inbound: Inbound, work: _Work) -> None:
    forwarding = is_forward_subject(inbound.subject, inbound.text)
    split = _split(inbound.text, work.contents.segments, forwarding=forwarding)
    inbound.reply_text = split.reply
    inbound.quoted_text = split.quoted
    inbound.signature = split.signature
    inbound.forwarded = split.embedded


def _split(text: str, segments: list[Segment], *, forwarding: bool) -> SplitReply:
    """Split by the markup where a mail came as HTML only, for there it knows best what is quoted; else by the text."""
    readable = [segment for segment in segments if segment.text or segment.html]
    if len(readable) == 1 and not readable[0].text and len(readable[0].html or "") <= LARGEST_SPLIT_HTML:
        html = tame(readable[0].html or "")
        split = split_html(html, forwarding=forwarding) if html else None
        if split and split.reply.strip():
            return split
    return split_reply(text, forwarding=forwarding)
