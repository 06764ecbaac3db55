"""What headers say about a message's way and identity: ids, hints of the envelope, verdicts, the duplicate key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from rapport.channels.email.parsing.addresses import read_addresses
from rapport.channels.email.parsing.headers import Headers, one_line
from rapport.channels.email.parsing.tree import Part

_ID = re.compile(r"<([^<>]{1,1000})>")
_SPACES = re.compile(r"\s+")
_RETURNS = re.compile(rb"\r+\n?")
_REST_OF_RETURNS = re.compile(rb"\r*")
_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-rcpt-to")
_SPAM = frozenset(
    {
        "x-spam-flag", "x-spam-status", "x-spam-score", "x-spam-level", "x-spam", "x-spamd-result", "x-spamd-bar",
        "x-rspamd-action", "x-rspamd-score", "x-bogosity", "x-barracuda-spam-flag", "x-barracuda-spam-status",
        "x-ms-exchange-organization-scl", "x-forefront-antispam-report", "x-microsoft-antispam", "x-spam-action",
        "x-spam-checker-version", "x-proofpoint-spam-details", "x-gmx-antispam", "x-ovh-spam-status", "x-dspam-result",
        "x-spam-report", "x-spam-category", "x-suspected-spam", "x-mailscanner-spamcheck", "x-purgate", "x-tmn-spam",
    }
)  # fmt: skip
MOST_REFERENCES = 1000
_PIECE = 1024 * 1024


def message_ids(value: str) -> list[str]:
    """The ids of a header without <>, in order, each once. Text that is no id is left out."""
    found = [_SPACES.sub("", one_line(inside)) for inside in _ID.findall(value[:200_000])]
    if not found:
        found = [word.strip("<>,;\"'") for word in value[:20_000].split() if "@" in word and "(" not in word]
    return [identity for identity in dict.fromkeys(found) if identity][:MOST_REFERENCES]


def first_id(headers: Headers, name: str) -> str:
    """The first id a header holds. An id without brackets or @ is taken as it stands."""
    for value in headers.all(name):
        found = message_ids(value)
        if found:
            return found[0]
        bare = one_line(value).strip("<>")
        if bare and not _SPACES.search(bare):
            return bare[:1000]
    return ""


def thread_ids(headers: Headers) -> tuple[str, list[str]]:
    """In-Reply-To and References; further ids of In-Reply-To join the references."""
    answered = [identity for value in headers.all("in-reply-to") for identity in message_ids(value)]
    references = [identity for value in headers.all("references") for identity in message_ids(value)]
    joined = dict.fromkeys([*references, *answered[1:]])
    return (answered[0] if answered else ""), list(joined)[:MOST_REFERENCES]


def envelope_hints(headers: Headers) -> list[str]:
    """The addresses the servers on the way say they delivered to, lower case, each once."""
    values = [value for name in _ENVELOPE for value in headers.all(name)]
    found = [address.email for address in read_addresses(values).addresses]
    return list(dict.fromkeys(found))[:100]


def authentication_results(headers: Headers) -> list[str]:
    """The topmost block of Authentication-Results headers that directly follow one another.

    Anything below another header may have been written by the sender.
    """
    found: list[str] = []
    for name, value in headers.items:
        if name == "authentication-results":
            found.append(_SPACES.sub(" ", one_line(value)))
        elif found:
            break
    return found


def spam_headers(headers: Headers) -> dict[str, str]:
    """The topmost verdict of each known spam filter header, by lower-case name."""
    found: dict[str, str] = {}
    for name, value in headers.items:
        if name in _SPAM:
            found.setdefault(name, _SPACES.sub(" ", one_line(value))[:2000])
    return found


def empty_return_path(headers: Headers) -> bool:
    """Whether the message came with the empty envelope sender of machines."""
    value = headers.get("return-path").strip()
    return headers.has("return-path") and (
        value.replace(" ", "") in ("<>", "") or value.strip("<> ").lower().partition("@")[0] == "mailer-daemon"
    )


def content_key(root: Part, sender: str) -> str:
    """The same for two arrivals of one mail, whatever the servers wrote on top: sender, Message-ID, Date, body.

    Where neither Message-ID nor Date tells this sending from another with the same words, the subject and the trace of
    the first server that took it do: both are the same on every way the one mail can take to us.
    """
    headers = root.headers
    key = hashlib.sha256()
    pieces = [sender, first_id(headers, "message-id"), _SPACES.sub(" ", one_line(headers.get("date")))]
    if not pieces[1] and not pieces[2]:
        pieces += [headers.text("subject"), _SPACES.sub(" ", one_line((headers.all("received") or [""])[-1]))]
    for piece in pieces:
        key.update(piece.encode("utf-8", "replace") + b"\0")
    # Servers change line ends and add empty lines at the end; neither makes another mail.
    for block in _pieces(root.raw, root.body, _without_blank_end(root.raw, root.body, root.end)):
        key.update(_with_line_feeds(block) if b"\r" in block else block)
    return key.hexdigest()


def _with_line_feeds(piece: bytes) -> bytes:
    piece = piece.replace(b"\r\n", b"\n")  # ten times as fast as the pattern, which is for the rare rest
    return _RETURNS.sub(_line_feeds, piece) if b"\r" in piece else piece


def _line_feeds(returns: re.Match[bytes]) -> bytes:
    """Returns before a line feed belong to one line end; each of the others is one of its own."""
    run = returns.group()
    return b"\n" if run.endswith(b"\n") else b"\n" * len(run)


def _without_blank_end(raw: bytes, start: int, end: int) -> int:
    """Where the body ends when the white space behind it is left out."""
    while end > start:
        low = max(start, end - _PIECE)
        solid = len(raw[low:end].rstrip())
        if solid:
            return low + solid
        end = low
    return end


def _pieces(raw: bytes, start: int, end: int) -> Iterator[bytes]:
    """The bytes between two places in pieces, none of which ends inside a line end."""
    while start < end:
        cut = min(end, start + _PIECE)
        if raw[cut - 1 : cut] == b"\r" and (rest := _REST_OF_RETURNS.match(raw, cut, end)):
            cut = min(rest.end() + 1, end)
        yield raw[start:cut]
        start = cut
