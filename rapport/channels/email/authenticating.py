"""Whether somebody vouches for a mail's sender: the inbox's own server by header, or a DKIM signature checked here.

Only the topmost contiguous Authentication-Results headers with the named authserv-id count (RFC 8601): anything below
the first foreign header may have been written by the sender. A verdict counts only when it is aligned with the
domain of the From address, relaxed: both belong to one organisation, as `domains` knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rapport.channels.contract import Inbound
from rapport.channels.email.domains import is_same_organisation

AUTHENTICATED, CLAIMED, FAILED = "authenticated", "claimed", "failed"
LookUp = Callable[[bytes], bytes | None]
MOST_SIGNATURES = 5
_METHODS = frozenset({"dmarc", "dkim", "spf"})
_EQUALS = re.compile(r"\s*=\s*")
_PLAIN_QUOTED = re.compile(r"[A-Za-z0-9.@_+-]*\Z")


def judge(inbound: Inbound, raw: bytes, *, authserv_id: str, look_up: LookUp | None) -> str:
    """`authenticated`, `failed` (the sender's domain disowns the mail) or `claimed` (nobody says anything).

    `authserv_id`: the name of the inbox's own mail server, empty for none. `look_up`: gives the TXT record of a name,
    to check DKIM here; None to leave that out.
    """
    domain = inbound.sender.email.rpartition("@")[2].lower() if inbound.sender else ""
    if inbound.suspicious_sender:
        return FAILED
    if not domain:
        return CLAIMED
    verdicts = [_verdict(part, domain) for part in _trusted_results(inbound.authentication_results, authserv_id)]
    if AUTHENTICATED in verdicts:
        return AUTHENTICATED
    if FAILED in verdicts:
        return FAILED
    if look_up is not None and _signed_by(raw, domain, look_up):
        return AUTHENTICATED
    return CLAIMED


def says_spam(headers: dict[str, str]) -> bool:
    """Whether well-known spam headers (lower-cased names) carry a positive verdict."""
    flag = headers.get("x-spam-flag", "").strip().lower()
    status = headers.get("x-spam-status", headers.get("x-spam", "")).strip().lower()
    level = headers.get("x-ms-exchange-organization-scl", "").strip()
    rspamd = headers.get("x-rspamd-action", "").strip().lower()
    return (
        flag.startswith(("yes", "true"))
        or status.startswith(("yes", "true"))
        or rspamd in {"reject", "add header", "rewrite subject"}
        or (level.isdecimal() and len(level) < 4 and int(level) >= 5)
    )


def look_up_in_dns(name: bytes) -> bytes | None:
    """The TXT record of a name, or None; gives up after five seconds."""
    import dns.exception
    import dns.resolver

    resolver = dns.resolver.Resolver()
    resolver.lifetime = 5.0
    try:
        answer = resolver.resolve(name.decode("ascii", "replace").rstrip("."), "TXT")
    except dns.exception.DNSException:
        return None
    for record in answer:
        return b"".join(record.strings)
    return None


def _trusted_results(headers: list[str], authserv_id: str) -> list[str]:
    """The single results (`dkim=pass header.d=…`) that our own server wrote."""
    if not authserv_id:
        return []
    results: list[str] = []
    for header in headers:
        parts = _split(header[:10_000])
        name = parts[0].split()[0].lower() if parts[0].split() else ""
        if name != authserv_id.lower():
            break
        results += parts[1:]
    return results


def _split(header: str) -> list[str]:
    """The header at its semicolons, without comments. What stands in quotes never ends a result or adds to it.

    A sender chooses parts of what our server writes down (the envelope address may be a quoted string), so nothing
    in quotes or comments may be read as a verdict. What is never closed swallows the rest.
    """
    parts, quoted, depth, escaped, inside = [""], False, 0, False, ""
    for char in header:
        if escaped:
            escaped = False
            inside += "\\"
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            if char == '"':
                quoted = False
                parts[-1] += inside if _PLAIN_QUOTED.match(inside) else "?"
            else:
                inside += char
        elif char == '"' and not depth:
            quoted, inside = True, ""
        elif char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
            parts[-1] += " "
        elif not depth and char == ";":
            parts.append("")
        elif not depth:
            parts[-1] += char
    return parts


def _verdict(result: str, domain: str) -> str:
    """What one result says of the From domain; empty when it speaks of another domain or says nothing."""
    words = _EQUALS.sub("=", result.strip().lower()).split()
    method, _, answer = words[0].partition("=") if words else ("", "", "")
    if method.partition("/")[0] not in _METHODS:
        return ""
    properties: dict[str, str] = {}
    for word in words[1:]:
        name, _, value = word.partition("=")
        properties.setdefault(name, value)
    if method.startswith("dmarc"):
        if not is_same_organisation(properties.get("header.from", domain), domain):
            return ""
        return {"pass": AUTHENTICATED, "fail": FAILED}.get(answer, "")
    if method.startswith("dkim"):
        signer = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
    else:
        signer = properties.get("smtp.mailfrom", "").rpartition("@")[2]
    return AUTHENTICATED if answer == "pass" and is_same_organisation(signer, domain) else ""


def _signed_by(raw: bytes, domain: str, look_up: LookUp) -> bool:
    """Whether a DKIM signature (RFC 6376) of an aligned domain verifies and covers From."""
    import dkim

    def txt(name: bytes, timeout: int = 5) -> bytes | None:
        return look_up(name)

    try:
        message = dkim.DKIM(raw)
    except (dkim.DKIMException, ValueError):
        return False
    signatures = sum(1 for name, _ in message.headers if name.lower() == b"dkim-signature")
    for index in range(min(MOST_SIGNATURES, signatures)):
        try:
            if message.verify(idx=index, dnsfunc=txt) and _covers(message, domain):
                return True
        except (dkim.DKIMException, ValueError, KeyError, IndexError, TypeError):
            continue  # a broken signature proves as little as a missing one
    return False


def _covers(message: Any, domain: str) -> bool:
    """Whether the signature just verified is the domain's own and leaves nothing that people read unsigned."""
    whole = b"l" not in message.signature_fields and b"from" in message.include_headers
    return whole and is_same_organisation(message.domain.decode("ascii", "replace"), domain)
