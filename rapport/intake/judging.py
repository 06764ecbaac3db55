"""What the inbox's own server, or a valid signature, says of a sender and of spam."""

from __future__ import annotations

from typing import Any

from rapport.channels.contract import Inbound
from rapport.channels.models import Inbox
from rapport.channels.registry import adapter_for
from rapport.conversations.models import Message


def sender_check(inbound: Inbound, inbox: Inbox | None, raw: bytes) -> str:
    """Whether somebody vouches for the sender: authenticated, failed, or only claimed.

    Runs outside any transaction, because a signature may need a look-up in the DNS.
    """
    if inbound.suspicious_sender:
        return Message.Sender.FAILED
    if inbox is None:
        return Message.Sender.CLAIMED
    return Message.Sender(adapter_for(inbox.kind).judge_sender(inbound, raw, trust=_trust(inbox)))


def may_take_time(inbox: Inbox | None) -> bool:
    """Whether sender_check() may have to ask the DNS."""
    return inbox is not None and bool(_trust(inbox)["check_dkim"])


def is_spam(inbound: Inbound, inbox: Inbox | None) -> bool:
    """Whether the inbox's own server marked it as spam."""
    return inbox is not None and adapter_for(inbox.kind).says_spam(inbound, trust=_trust(inbox))


def _trust(inbox: Inbox) -> dict[str, Any]:
    """What the inbox's set-up lets count: the name of its own mail server, and whether to check signatures here."""
    return {"authserv_id": inbox.authserv_id, "check_dkim": bool(inbox.settings.get("check_dkim"))}
