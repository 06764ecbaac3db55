"""Whether somebody vouches for a mail's sender: the inbox's own server by header, or a DKIM signature checked here.

Only the topmost contiguous Authentication-Results headers with the named authserv-id count (RFC 8601): anything below
the first foreign header may have been written by the sender. A verdict counts only when it is aligned with the
domain of the From address, relaxed (the same organisational domain or a subdomain of it).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rapport.channels.contract import Inbound

AUTHENTICATED, CLAIMED, FAILED = "authenticated", "claimed", "failed"
LookUp = Callable[[bytes], bytes | None]
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_RESULT = re.compile(r"^(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\b(header\.from|header\.d|header\.i|smtp\.mailfrom|smtp\.helo)\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE
)


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
        or (level.isdecimal() and int(level) >= 5)
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
        parts = _COMMENT.sub(" ", header[:10_000]).split(";")
        name = parts[0].split()[0].lower() if parts[0].split() else ""
        if name != authserv_id.lower():
            break
        results += [part.strip() for part in parts[1:]]
    return results


def _verdict(result: str, domain: str) -> str:
    """What one result says of the From domain; empty when it speaks of another domain or says nothing."""
    found = _RESULT.match(result)
    if not found:
        return ""
    method, answer = found.group(1).lower(), found.group(2).lower()
    properties = {name.lower(): value.lower() for name, value in _PROPERTY.findall(result)}
    if method == "dmarc":
        if not _aligned(properties.get("header.from", domain), domain):
            return ""
        return {"pass": AUTHENTICATED, "fail": FAILED}.get(answer, "")
    if method == "dkim":
        signer = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
    else:
        signer = properties.get("smtp.mailfrom", "").rpartition("@")[2] or properties.get("smtp.mailfrom", "")
    return AUTHENTICATED if answer == "pass" and _aligned(signer, domain) else ""


def _aligned(signer: str, domain: str) -> bool:
    """Whether the signer's domain may speak for the From domain: equal, or one below the other by whole labels.

    The parent must have at least two labels, so that a top-level domain vouches for nobody.
    """
    signer = signer.strip().strip(".").lower()
    if signer == domain:
        return True
    parent, child = sorted((signer, domain), key=len)
    return parent.count(".") >= 1 and child.endswith(f".{parent}")


def _signed_by(raw: bytes, domain: str, look_up: LookUp) -> bool:
    """Whether a DKIM signature (RFC 6376) of an aligned domain verifies and covers From."""
    import dkim

    def txt(name: bytes, timeout: int = 5) -> bytes | None:
        return look_up(name)

    try:
        message = dkim.DKIM(raw)
        for index in range(min(5, sum(1 for name, _ in message.headers if name.lower() == b"dkim-signature"))):
            if message.verify(idx=index, dnsfunc=txt) and _aligned(message.domain.decode("ascii", "replace"), domain):
                return True
    except (dkim.DKIMException, ValueError, KeyError, UnicodeError, IndexError):
        return False
    return False
