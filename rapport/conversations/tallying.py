"""The columns that lists sort and filter by, told from the messages.

Arrivals and releases keep them step by step; merging, splitting and reopening tell them anew. Both must agree.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from rapport.conversations.alongside import newest_told
from rapport.conversations.locking import family_ids
from rapport.conversations.models import Conversation, Message
from rapport.kit import text
from rapport.rows import writing

PREVIEW_CHARS = 200
COLUMNS = [
    "preview",
    "last_message_at",
    "last_message_id",
    "message_count",
    "attachment_count",
    "held_count",
    "first_customer_message_at",
    "last_customer_message_at",
    "first_agent_message_at",
    "last_agent_message_at",
    "waiting_since",
]
_STATE_COLUMNS = ["status", "own_status_id", "closed_at", "snoozed_until", "attention", "settled_message_id"]
Kind, State = Message.Kind, Message.State

ASKING = (Kind.CUSTOMER, Kind.NOTICE)  # somebody waits for an answer to these
DATED = (Kind.CUSTOMER, Kind.REPLY, Kind.AUTO_REPLY, Kind.BOUNCE, Kind.NOTICE)  # these move a conversation in lists
SHOWN = (Kind.CUSTOMER, Kind.REPLY, Kind.NOTICE)  # these may stand as a list's one line of text
_WAITED_IN = (Conversation.Status.OPEN, Conversation.Status.SNOOZED)


def recount(conversation: Conversation) -> None:
    """Tell every maintained column from the messages of the conversation and of what was merged into it. Saves."""
    family = family_ids(conversation)
    messages = Message.objects.filter(conversation_id__in=family, state__in=[State.DONE, State.STRANGER])
    messages = messages.exclude(kind=Kind.AUTOMATIC)  # it moves no list, see announcing
    figures = _figures(messages)
    figures["last_message_id"] = max(int(str(figures["last_message_id"])), newest_told(family))
    figures["last_message_at"] = figures["last_message_at"] or conversation.created_at
    for name, value in figures.items():
        setattr(conversation, name, value)
    shown = messages.filter(state=State.DONE, kind__in=SHOWN).order_by("at", "pk").last()
    conversation.preview = preview_of(shown) if shown else ""
    conversation.waiting_since = waiting_since(conversation)
    conversation.save(update_fields=COLUMNS)


def count_in(message: Message, conversation: Conversation) -> None:
    """Tell the columns of one more message, the newest to come. Saves, status and attention too."""
    if message.kind in DATED and message.at < conversation.last_message_at:
        conversation.save(update_fields=_STATE_COLUMNS)
        recount(conversation)
        return
    conversation.last_message_id = max(conversation.last_message_id, message.pk)
    if message.kind in DATED:
        conversation.last_message_at = message.at
    if message.state == State.STRANGER:
        conversation.held_count += 1
    else:
        _count_done(message, conversation)
    writing.update(conversation, *COLUMNS, *_STATE_COLUMNS)


def waiting_since(conversation: Conversation) -> datetime | None:
    """When the oldest customer message arrived that was neither answered nor settled; None if nobody waits."""
    if conversation.status not in _WAITED_IN:
        return None
    open_ones = Message.objects.filter(
        conversation_id__in=family_ids(conversation),
        state=State.DONE,
        kind__in=ASKING,
        historic=False,
        pk__gt=F("conversation__answered_message_id"),
    ).filter(pk__gt=F("conversation__settled_message_id"))
    oldest: datetime | None = open_ones.aggregate(at=Min("at"))["at"]
    return oldest


def answer(conversation: Conversation) -> None:
    """A reply went out: all there is, in what was merged into it too, is answered. Saves."""
    last = conversation.answered_message_id = conversation.last_message_id
    conversation.waiting_since = None
    conversation.save(update_fields=["answered_message_id", "waiting_since"])
    _merged_into(conversation).update(answered_message_id=last)


def settle(conversation: Conversation) -> None:
    """Nobody waits any more although nothing was answered: closed, or waiting for the customer. The caller saves."""
    last = conversation.settled_message_id = conversation.last_message_id
    conversation.waiting_since = None
    _merged_into(conversation).update(settled_message_id=last)


def unsettle(conversation: Conversation) -> None:
    """What was settled waits again, since it arrived. Saves."""
    Conversation.objects.filter(pk__in=family_ids(conversation)).update(settled_message_id=0)
    conversation.settled_message_id = 0
    conversation.waiting_since = waiting_since(conversation)
    conversation.save(update_fields=["waiting_since"])


def preview_of(message: Message) -> str:
    """One line of what is new in a message, for lists."""
    return text.preview(message.reply_text or message.text, PREVIEW_CHARS)


def _merged_into(conversation: Conversation) -> QuerySet[Conversation]:
    return Conversation.objects.filter(pk__in=family_ids(conversation)).exclude(pk=conversation.pk)


def _count_done(message: Message, conversation: Conversation) -> None:
    conversation.attachment_count += message.attachment_count
    if message.kind == Kind.NOTE:
        return
    conversation.message_count += 1
    if message.kind in SHOWN:
        conversation.preview = preview_of(message)
    if message.kind == Kind.CUSTOMER:
        conversation.first_customer_message_at = conversation.first_customer_message_at or message.at
        conversation.last_customer_message_at = message.at
    if message.kind == Kind.REPLY:
        conversation.first_agent_message_at = conversation.first_agent_message_at or message.at
        conversation.last_agent_message_at = message.at
    if message.kind in ASKING and not message.historic and conversation.status in _WAITED_IN:
        conversation.waiting_since = conversation.waiting_since or message.at


def _figures(messages: QuerySet[Message]) -> dict[str, object]:
    done, counted = Q(state=State.DONE), Q(state=State.DONE) & ~Q(kind=Kind.NOTE)
    customer, reply = done & Q(kind=Kind.CUSTOMER), done & Q(kind=Kind.REPLY)
    figures: dict[str, object] = messages.aggregate(
        last_message_at=Max("at", filter=Q(kind__in=DATED)),
        last_message_id=Max("pk"),
        message_count=Count("pk", filter=counted),
        attachment_count=Sum("attachment_count", filter=done),
        held_count=Count("pk", filter=Q(state=State.STRANGER)),
        first_customer_message_at=Min("at", filter=customer),
        last_customer_message_at=Max("at", filter=customer),
        first_agent_message_at=Min("at", filter=reply),
        last_agent_message_at=Max("at", filter=reply),
    )
    figures["last_message_id"] = figures["last_message_id"] or 0
    figures["attachment_count"] = figures["attachment_count"] or 0
    return figures
