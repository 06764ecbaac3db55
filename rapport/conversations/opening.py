"""A new conversation begins."""

from __future__ import annotations

from datetime import datetime, timedelta

from rapport.channels.models import Inbox
from rapport.conversations.arrival import Arrival
from rapport.conversations.models import Conversation
from rapport.events import recording
from rapport.kit import clock, text
from rapport.people.models import Customer
from rapport.rows import making, writing

# Imported mail older than this opens closed conversations: nobody waits for an answer, and it can still be found.
HISTORY_STAYS_OPEN = timedelta(days=14)
_SUBJECT_CHARS = 500
_ATTENTION_CHARS = 200
Status = Conversation.Status


def open_for(
    arrival: Arrival, *, inbox: Inbox | None, customer: Customer | None, at: datetime, historic: bool
) -> Conversation:
    """A conversation of the inbox's team for a first message. What the mail server calls spam opens as spam."""
    old = historic and clock.now() - at > HISTORY_STAYS_OPEN
    status = Status.SPAM if arrival.spam else Status.CLOSED if old else Status.OPEN
    conversation = making.new(
        Conversation,
        subject=text.clean_line(arrival.inbound.subject, _SUBJECT_CHARS),
        status=status,
        status_before_spam=Status.OPEN if arrival.spam else "",
        channel=inbox.kind if inbox else "",
        inbox_id=inbox.pk if inbox else None,
        team_id=inbox.team_id if inbox else None,
        customer_id=customer.pk if customer else None,
        organisation_id=customer.organisation_id if customer else None,
        created_at=at,
        last_message_at=at,
        attention=text.clean_line(arrival.attention, _ATTENTION_CHARS),
        closed_at=at if status == Status.CLOSED else None,
    )
    conversation.inbox, conversation.customer = inbox, customer
    writing.insert(conversation)
    recording.record(
        "conversation.opened",
        subject=conversation.pk,
        conversation=conversation.pk,
        historic=historic,
        data={"inbox": conversation.inbox_id},
    )
    return conversation
