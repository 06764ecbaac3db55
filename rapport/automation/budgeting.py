"""How much the installation may send by itself: per address, per conversation, and in all.

Figures: an address nobody proved gets one automatic mail an hour and three a day from the whole installation (a mail
cannon needs many); a conversation at most five a day (a loop ends there); the installation has an hourly ceiling.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from rapport.automation.models import AutomaticMail

PER_PEER_AN_HOUR = 1
PER_PEER_A_DAY = 3
PER_CONVERSATION_A_DAY = 5
PER_INSTALLATION_AN_HOUR = 500
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def refusal(peer: str, *, conversation_id: int, now: datetime) -> str:
    """Why no automatic mail may go to this address now; empty when one may. `now` is the arrival's own time."""
    sent = AutomaticMail.objects.filter(at__gt=now - DAY)
    to_peer = list(sent.filter(peer=peer).values_list("at", flat=True)[: PER_PEER_A_DAY + 1])
    if len(to_peer) >= PER_PEER_A_DAY:
        return "address_day"
    if sum(at > now - HOUR for at in to_peer) >= PER_PEER_AN_HOUR:
        return "address_hour"
    if sent.filter(conversation_id=conversation_id).count() >= PER_CONVERSATION_A_DAY:
        return "conversation_day"
    if sent.filter(at__gt=now - HOUR).count() >= PER_INSTALLATION_AN_HOUR:
        return "installation_hour"
    return ""
