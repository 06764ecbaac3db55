"""The breaker of mail loops: a machine that writes by itself again and again fills one conversation, not the list.

Only mail that says of itself that no person wrote it, and that answers nothing of ours, is looked at. A person at the
same address, and the first few mails of the machine, get conversations as ever.
"""

from __future__ import annotations

from datetime import timedelta

from rapport.channels.contract import Inbound, InboundKind
from rapport.conversations.locking import living
from rapport.conversations.models import ASIDE, Conversation, Message
from rapport.kit import clock
from rapport.people.models import Customer

MOST_A_DAY = 5
_DAY = timedelta(days=1)
_LOOKED_AT = 50
_AUTOMATIC = (Message.Kind.AUTO_REPLY, Message.Kind.BOUNCE)


def home_of_echo(inbound: Inbound, *, customer: Customer | None) -> Conversation | None:
    """The newest conversation that this machine's automatic mail opened, once it opened MOST_A_DAY within a day."""
    if inbound.kind not in (InboundKind.AUTO_REPLY, InboundKind.BOUNCE) or inbound.sender is None:
        return None
    owner = None if inbound.kind is InboundKind.BOUNCE else customer
    of_late = Conversation.objects.filter(customer=owner, last_message_at__gte=clock.now() - _DAY).exclude(status=ASIDE)
    newest = list(of_late.order_by("-last_message_at").values_list("pk", flat=True)[:_LOOKED_AT])
    own = Message.objects.filter(conversation_id__in=newest, sender_email=inbound.sender.email, kind__in=_AUTOMATIC)
    opened = set(own.values_list("conversation_id", flat=True))
    if len(opened) < MOST_A_DAY:
        return None
    pk = next(pk for pk in newest if pk in opened)
    return living(Conversation.objects.select_related("merged_into").get(pk=pk))
