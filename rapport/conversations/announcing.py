"""Messages that the company sends by itself, in a conversation and visible there."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from django.conf import settings
from django.db import transaction

from rapport.channels.registry import adapter_for
from rapport.conversations import locking, referencing
from rapport.conversations.errors import NoInbox
from rapport.conversations.models import Conversation, Message
from rapport.kit import clock
from rapport.kit.text import clean_line
from rapport.rows import making, writing


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: `to` is {email, name} each."""

    to: list[dict[str, str]]
    subject: str
    text: str


def announce(conversation: Conversation, words: Words, *, answers: Message | None = None) -> Message:
    """Store an automatic message. It answers no customer's waiting and moves no list.

    Raises NoInbox when the conversation has none to send by.
    """
    with transaction.atomic(savepoint=False):
        inbox = conversation.inbox
        conversation = locking.lock_living(conversation)
        if inbox is not None and conversation.inbox_id == inbox.pk:
            conversation.inbox = inbox  # it was read a moment ago
        return announce_in(conversation, words, answers=answers)


def announce_in(conversation: Conversation, words: Words, *, answers: Message | None = None) -> Message:
    """The same in a conversation that is locked, up to date and merged into no other."""
    inbox = conversation.inbox
    if inbox is None:
        raise NoInbox
    message = making.new(
        Message,
        conversation_id=conversation.pk,
        kind=Message.Kind.AUTOMATIC,
        to=words.to,
        subject=clean_line(words.subject, 500),
        text=words.text,
        html="".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in words.text.split("\n\n")),
        reply_text=words.text,
        in_reply_to_message_id=answers.pk if answers else None,
        at=clock.now(),
    )
    message.conversation = conversation
    writing.insert(message)
    message.external_id = adapter_for(inbox.kind).new_external_id(
        message.pk, purpose="ack", address=inbox.address, signer=settings.KEY_RING
    )
    writing.update(message, "external_id")
    referencing.remember(message)
    return message
