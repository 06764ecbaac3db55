"""Mail of senders who are blocked: stored like any other, apart from everybody's conversations, among the spam."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from rapport.channels.contract import Inbound, InboundKind
from rapport.conversations.models import Conversation
from rapport.intake.matching import Match
from rapport.people import blocking
from rapport.people.models import BlockedSender


def stopped_by(inbound: Inbound, found: Match) -> BlockedSender | None:
    """What keeps this arrival out of the inbox. Delivery reports, colleagues and who was asked are never kept out."""
    was_asked = found.question is not None and not found.stranger
    if inbound.kind is InboundKind.BOUNCE or found.account is not None or was_asked or inbound.sender is None:
        return None
    return blocking.blocking(inbound.sender.email)


def apart(found: Match) -> Match:
    """It joins no conversation that people work on, only one that lies among the spam."""
    home = found.conversation
    is_spam = home is not None and home.status == Conversation.Status.SPAM
    return replace(found, conversation=home if is_spam else None, question=None, early=[])


def reason(blocked: BlockedSender) -> str:
    """What colleagues read when they look into the spam."""
    if blocked.reason:
        return _("Blocked sender (%(value)s): %(reason)s") % {"value": blocked.value, "reason": blocked.reason}
    return _("Blocked sender (%(value)s)") % {"value": blocked.value}
