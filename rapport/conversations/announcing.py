"""Messages that the company sends by itself, in a conversation and visible there."""

from __future__ import annotations

from html import escape

from django.conf import settings
from django.db import transaction

from rapport.channels.registry import adapter_for
from rapport.conversations import locking, referencing
from rapport.conversations.errors import NoInbox
from rapport.conversations.models import Conversation, Message
from rapport.kit import clock
from rapport.kit.text import clean_line
from rapport.rows import writing


def announce(
    conversation: Conversation, *, to: list[dict[str, str]], subject: str, text: str, answers: Message | None = None
) -> Message:
    """Store an automatic message to `to` ({email, name}). It answers no customer's waiting and moves no list.

    Raises NoInbox when the conversation has none to send by.
    """
    with transaction.atomic(savepoint=False):
        inbox = conversation.inbox
        conversation = locking.lock_living(conversation)
        if inbox is not None and conversation.inbox_id == inbox.pk:
            conversation.inbox = inbox  # it was read a moment ago
        if conversation.inbox is None:
            raise NoInbox
        message = Message(
            conversation=conversation,
            kind=Message.Kind.AUTOMATIC,
            to=to,
            subject=clean_line(subject, 500),
            text=text,
            html="".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in text.split("\n\n")),
            reply_text=text,
            in_reply_to_message=answers,
            at=clock.now(),
        )
        writing.insert(message)
        message.external_id = adapter_for(conversation.inbox.kind).new_external_id(
            message.pk, purpose="ack", address=conversation.inbox.address, signer=settings.KEY_RING
        )
        writing.update(message, "external_id")
        referencing.remember(message)
        return message
