"""Answers that arrive before what they answer: the two are brought together when the second comes.

The same rule as in the right order: only for somebody who takes part in the conversation. A late question joins the
conversation its answer opened. Where the late mail belongs elsewhere by its own references, the conversation that the
answer opened is merged into that one, which an agent can undo.
"""

from __future__ import annotations

from rapport.channels.contract import Inbound, InboundKind
from rapport.conversations import merging, referencing
from rapport.conversations.locking import living
from rapport.conversations.models import Conversation, Message
from rapport.people.listing import customer_family

_ROOT_AND_NEAREST = 2


def early_answers(inbound: Inbound) -> list[Message]:
    """Messages that came before this mail and answer it. Machines and lists are not brought together with anything."""
    if not inbound.message_id or inbound.bulk or inbound.auto_submitted or inbound.kind is not InboundKind.NORMAL:
        return []
    early = referencing.waiting_for(inbound.message_id)
    return [message for message in early if message.state == Message.State.DONE and _is_of_use(message)]


def gather(inbound: Inbound, early: list[Message], home: Conversation) -> None:
    """Merge into `home` what early answers opened: same customer, same team, nothing else in it when it began."""
    for message in early:
        opened = living(message.conversation)
        if opened.pk != home.pk and _is_one_matter(opened, home) and _opened_by(message, opened):
            merging.merge(opened, into=home, by=None)
    referencing.wait_no_more(inbound.message_id)


def wait_for_answered(message: Message, inbound: Inbound) -> None:
    """Remember what this mail answers, which nobody here has seen: the nearest, and the mail it all began with."""
    if inbound.bulk or inbound.auto_submitted or inbound.kind is not InboundKind.NORMAL:
        return
    named = [inbound.in_reply_to, *inbound.references[-1:], *inbound.references[:1]]
    referencing.wait_for(message, [one for one in dict.fromkeys(named) if one][:_ROOT_AND_NEAREST])


def _is_of_use(message: Message) -> bool:
    return message.conversation.status != Conversation.Status.SPAM


def _is_one_matter(opened: Conversation, home: Conversation) -> bool:
    if home.status == Conversation.Status.SPAM or opened.team_id != home.team_id or opened.customer_id is None:
        return False
    owner = home.customer
    return owner is not None and (opened.customer_id == owner.pk or opened.customer_id in customer_family(owner))


def _opened_by(message: Message, opened: Conversation) -> bool:
    """Whether the answer is what the conversation began with: else it is there by a better reason."""
    return message.conversation_id == opened.pk and not opened.messages.filter(pk__lt=message.pk).exists()
