"""How much the installation may send by itself: per address, per conversation, and in all.

Figures: an address nobody proved gets one automatic mail an hour and three a day from the whole installation (a mail
cannon needs many); a conversation at most five a day (a loop ends there); the installation has an hourly ceiling.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from rapport.automation.models import AutomaticMail
from rapport.rows.asking import Question

PER_PEER_AN_HOUR = 1
PER_PEER_A_DAY = 3
PER_CONVERSATION_A_DAY = 5
PER_INSTALLATION_AN_HOUR = 500
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

_sent = AutomaticMail.objects.order_by("at")
_to_peer = Question(
    lambda peer, since: _sent.filter(peer=peer, at__gt=since).values_list("at")[: PER_PEER_A_DAY + 1],
)
# The mail that uses a budget up, if it has been sent: nothing has to be counted.
_last_allowed_in = Question(
    lambda number, since: _sent.filter(conversation_id=number, at__gt=since).values_list("pk")[
        PER_CONVERSATION_A_DAY - 1 : PER_CONVERSATION_A_DAY
    ]
)
_last_allowed = Question(
    lambda since: _sent.filter(at__gt=since).values_list("pk")[PER_INSTALLATION_AN_HOUR - 1 : PER_INSTALLATION_AN_HOUR]
)


def refusal(peer: str, *, conversation_id: int, now: datetime) -> str:
    """Why no automatic mail may go to this address now; empty when one may. `now` is the arrival's own time."""
    to_peer = [at for (at,) in _to_peer.ask(peer, now - DAY)]
    if len(to_peer) >= PER_PEER_A_DAY:
        return "address_day"
    if sum(at > now - HOUR for at in to_peer) >= PER_PEER_AN_HOUR:
        return "address_hour"
    if _last_allowed_in.ask(conversation_id, now - DAY):
        return "conversation_day"
    if _last_allowed.ask(now - HOUR):
        return "installation_hour"
    return ""
