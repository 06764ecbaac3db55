"""What merging two conversations would make of them, before it is done; and what could be split off."""

from __future__ import annotations

from dataclasses import dataclass

from rapport.channels.contract import Address
from rapport.conversations import access, locking, recipients
from rapport.conversations.models import Conversation, ConversationTag, Message, Participant
from rapport.people.models import Account

Status = Conversation.Status
_PUT_AWAY = (Status.CLOSED, Status.WAITING, Status.SNOOZED)
MOST_MESSAGES = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """The living `target`; `audience`: whom a reply reaches then that names nobody; `tags` and `status` it will have."""

    target: Conversation
    families: dict[int, list[int]]
    audience: list[Address]
    tags: list[str]
    tags_of: dict[int, list[str]]
    status: str
    two_customers: bool


def plan(source: Conversation, target: Conversation) -> Plan:
    """As `merging.merge` would do it now. Both are known to be seen by who asks."""
    target = locking.living(target)
    families = {one.pk: locking.family_ids(one) for one in (source, target)}
    tags = {pk: _tags(pk) for pk in families}
    wakes = source.status == Status.OPEN and target.status in _PUT_AWAY
    asking = recipients.requesters([*families[target.pk], *families[source.pk]])
    copies = Participant.objects.filter(conversation_id__in=families[target.pk] + families[source.pk])
    copied = [Address(one.email, one.name) for one in copies.filter(role=Participant.Role.COPY).order_by("pk")]
    everybody = {one.email: one for one in [*copied[::-1], *asking[::-1]]}
    return Plan(
        target=target,
        families=families,
        audience=list(everybody.values())[::-1],
        tags=sorted({*tags[source.pk], *tags[target.pk]}),
        tags_of=tags,
        status=Status.OPEN if wakes else target.status,
        two_customers=None not in (source.customer_id, target.customer_id) and source.customer_id != target.customer_id,
    )


def splittable(account: Account, conversation: Conversation) -> list[Message]:
    """The messages of the conversation's own that could be moved to a new one, oldest first; the newest 200."""
    own = access.readable(account, Message.objects.filter(conversation_id=conversation.pk))
    movable = own.filter(state__in=[Message.State.DONE, Message.State.STRANGER]).exclude(kind=Message.Kind.AUTOMATIC)
    return list(movable.select_related("author").order_by("-at", "-pk")[:MOST_MESSAGES])[::-1]


def _tags(number: int) -> list[str]:
    named = ConversationTag.objects.filter(conversation_id=number).order_by("tag__folded")
    return list(named.values_list("tag__name", flat=True))
