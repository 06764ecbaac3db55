"""`compose`: one `Outbound` to the bytes that go over the wire. Header text can never become a header of its own.

Everything a person or a stranger wrote is either encoded, or refused where encoding cannot help (an address).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

from rapport.channels.contract import Address, Attachment, Outbound
from rapport.channels.email.parsing.addresses import clean_email, clean_name
from rapport.channels.email.parsing.filenames import clean_filename

LINE = 76
LONGEST_LINE = 900
MOST_REFERENCES = 20

_UNSAFE = re.compile("[\x00-\x1f\x7f\u0080-\u009f\u2028\u2029\ud800-\udfff]+")
_WORD = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")
_ID = re.compile(r"[!-;=?-~]{1,500}")
_MIME = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,80}/[a-z0-9][a-z0-9!#$&^_.+-]{0,120}")
_PLAIN_PARAMETER = re.compile(r"[ !#-\[\]-~]{1,60}")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


class UnusableAddress(ValueError):
    """An address that cannot stand in a header or an envelope. `address` holds it as given."""

    def __init__(self, address: str) -> None:
        super().__init__(f"not a usable mail address: {address!r}")
        self.address = address


class UnusableMessageId(ValueError):
    """A Message-ID of our own that is not one word of printable ASCII."""


def compose(message: Outbound) -> bytes:
    """The message with CRLF line ends, ready to be sent. `bcc` never appears in it.

    Raises UnusableAddress for an address no mail server would take, UnusableMessageId for a broken id of our own.
    """
    headers = _headers(message)
    body_headers, body = _body(message)
    lines = [f"{name}: {value}" for name, value in (*headers, ("MIME-Version", "1.0"), *body_headers)]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body


def recipients(message: Outbound) -> list[str]:
    """Every envelope recipient once, in order: to, cc, bcc. Raises UnusableAddress."""
    everyone = (*message.to, *message.cc, *message.bcc)
    return list(dict.fromkeys(usable_email(address.email) for address in everyone))


def usable_email(email: str) -> str:
    """The address as it goes over the wire: a domain beyond ASCII becomes its IDNA form. Raises UnusableAddress."""
    if not email.strip() or _UNSAFE.search(email) or clean_email(email) != email.strip().lower() or len(email) > 254:
        raise UnusableAddress(email)
    local, _, domain = email.strip().rpartition("@")
    if domain.isascii():
        return f"{local}@{domain}"
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise UnusableAddress(email) from error


def _headers(message: Outbound) -> list[tuple[str, str]]:
    headers = [("From", mailbox(message.sender))]
    if message.reply_to:
        headers.append(("Reply-To", mailbox(message.reply_to)))
    if message.to:
        headers.append(("To", _mailboxes(message.to)))
    if message.cc:
        headers.append(("Cc", _mailboxes(message.cc)))
    if not message.to and not message.cc:
        headers.append(("To", "undisclosed-recipients:;"))
    headers.append(("Subject", unstructured(message.subject, len("Subject: "))))
    headers.append(("Date", format_datetime(_aware(message.date))))
    headers.append(("Message-ID", f"<{_own_id(message.message_id)}>"))
    answered = message.in_reply_to.strip("<> ")
    if _ID.fullmatch(answered):
        headers.append(("In-Reply-To", f"<{answered}>"))
    references = _references(message.references, answered)
    if references:
        headers.append(("References", "\r\n ".join(f"<{identity}>" for identity in references)))
    if message.automatic:
        headers.append(("Auto-Submitted", "auto-replied"))
        headers.append(("X-Auto-Response-Suppress", "All"))
        headers.append(("Precedence", "auto_reply"))
    return headers


def _aware(date: datetime) -> datetime:
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _own_id(identity: str) -> str:
    bare = identity.strip("<>")
    if not _ID.fullmatch(bare) or "@" not in bare:
        raise UnusableMessageId(identity)
    return bare


def _references(references: list[str], answered: str) -> list[str]:
    """The first and the newest ids: enough for every mail program to find the thread, short enough for every server."""
    usable = [identity for identity in (reference.strip("<> ") for reference in references) if _ID.fullmatch(identity)]
    if _ID.fullmatch(answered) and answered not in usable:
        usable.append(answered)
    usable = list(dict.fromkeys(usable))
    return usable if len(usable) <= MOST_REFERENCES else [usable[0], *usable[1 - MOST_REFERENCES :]]


def one_line(text: str) -> str:
    """`text` without line breaks, NUL and other control characters."""
    return _UNSAFE.sub(" ", text).strip()


def mailbox(address: Address) -> str:
    """`name <email>` with the name quoted or encoded as it needs to be. Raises UnusableAddress."""
    email = usable_email(address.email)
    name = clean_name(one_line(address.name))
    if not name:
        return email
    if name.isascii() and "=?" not in name and len(name) < 60:
        words = name.split(" ")
        if all(_WORD.fullmatch(word) for word in words):
            return f"{name} <{email}>"
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{email}>'
    return f"{encoded_words(name)}\r\n <{email}>"


def _mailboxes(addresses: Iterable[Address]) -> str:
    return ",\r\n ".join(mailbox(address) for address in addresses)


def unstructured(text: str, used: int) -> str:
    """Header text folded at its spaces; encoded if it is not plain ASCII or would be misread. `used`: columns taken."""
    text = one_line(text)
    if not text.isascii() or "=?" in text or "  " in text or any(len(word) > 70 for word in text.split(" ")):
        return encoded_words(text)
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and used + len(line) + 1 + len(word) > LINE:
            lines.append(line)
            line, used = word, 1
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])


def encoded_words(text: str) -> str:
    """`text` as RFC 2047 words of UTF-8, none longer than 75 columns, no character split between two."""
    chunks: list[bytes] = [b""]
    for character in text:
        encoded = character.encode("utf-8")
        if len(chunks[-1]) + len(encoded) > 39:
            chunks.append(b"")
        chunks[-1] += encoded
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(chunk).decode('ascii')}?=" for chunk in chunks)


def parameter(name: str, value: str) -> str:
    """`; name="value"`, or RFC 2231 pieces if the value is long or not plain ASCII."""
    if _PLAIN_PARAMETER.fullmatch(value) and "=?" not in value:
        return f';\r\n {name}="{value}"'
    encoded = quote(value, safe="")
    if len(encoded) <= 60:
        return f";\r\n {name}*=utf-8''{encoded}"
    pieces = re.findall(r"(?:%[0-9A-F]{2}|[^%]){1,50}", encoded)
    first = f";\r\n {name}*0*=utf-8''{pieces[0]}"
    return first + "".join(f";\r\n {name}*{number}*={piece}" for number, piece in enumerate(pieces[1:], 1))


Entity = tuple[list[tuple[str, str]], bytes]


def _body(message: Outbound) -> Entity:
    """The MIME tree: mixed(related(alternative(text, html), inline images), files), without the levels not needed."""
    inline = [file for file in message.attachments if file.inline and file.cid and message.html]
    files = [file for file in message.attachments if file not in inline]
    entity = _text(message.text, "plain")
    if message.html:
        shown = _text(message.html, "html")
        if inline:
            shown = _multipart("related", [shown, *(_file(file, "inline") for file in inline)], 'type="text/html"')
        entity = _multipart("alternative", [entity, shown])
    if files:
        entity = _multipart("mixed", [entity, *(_file(file, "attachment") for file in files)])
    return entity


def _multipart(kind: str, entities: list[Entity], extra: str = "") -> Entity:
    parts = []
    for headers, body in entities:
        head = "\r\n".join(f"{name}: {value}" for name, value in headers).encode("ascii")
        parts.append(head + b"\r\n\r\n" + body)
    # Taken from the content, so that composing the same message again gives the same bytes.
    boundary = b"=_" + sha256(b"\0".join([kind.encode(), *parts])).hexdigest()[:40].encode()
    joined = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    value = f'multipart/{kind};\r\n boundary="{boundary.decode()}"' + (f";\r\n {extra}" if extra else "")
    return [("Content-Type", value)], joined + b"--" + boundary + b"--\r\n"


def _text(text: str, subtype: str) -> Entity:
    text = _LINE_ENDS.sub("\r\n", text.replace("\0", "")).rstrip("\r\n") + "\r\n"
    data = text.encode("utf-8", "replace")
    lines = data.split(b"\r\n")
    headers = [("Content-Type", f'text/{subtype}; charset="utf-8"')]
    if data.isascii() and max(map(len, lines)) <= LONGEST_LINE and not any(line[:5] == b"From " for line in lines):
        return [*headers, ("Content-Transfer-Encoding", "7bit")], data
    foreign = sum(1 for byte in data if byte > 127)
    if foreign * 4 > len(data):
        return [*headers, ("Content-Transfer-Encoding", "base64")], _base64(data)
    return [*headers, ("Content-Transfer-Encoding", "quoted-printable")], _quoted_printable(data)


def _quoted_printable(data: bytes) -> bytes:
    encoded = binascii.b2a_qp(data, quotetabs=False, istext=True, header=False)
    return re.sub(
        rb"(?m)^(?:From (?=)|\.(?=\r?$))", lambda match: b"=%02X" % match.group()[0] + match.group()[1:], encoded
    )


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def _file(file: Attachment, disposition: str) -> Entity:
    name = clean_filename(file.filename, file.mime)
    mime = file.mime.lower() if _MIME.fullmatch(file.mime.lower()) else "application/octet-stream"
    if mime.startswith(("multipart/", "message/")):
        # These may not be base64 (RFC 2046), and relays would be free to change what is inside.
        mime = "application/octet-stream"
    headers = [
        ("Content-Type", mime + parameter("name", name)),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", disposition + parameter("filename", name)),
    ]
    if file.cid and _ID.fullmatch(file.cid.strip("<>")):
        headers.append(("Content-ID", f"<{file.cid.strip('<>')}>"))
    return headers, _base64(file.content)
