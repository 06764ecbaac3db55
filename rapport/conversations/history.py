"""Writing what happened to a conversation into the event log."""

from __future__ import annotations

from rapport.conversations.models import Conversation, Message
from rapport.events import recording
from rapport.people.models import Account


def changed(conversation: Conversation, kind: str, /, *, by: Account | None, **data: object) -> None:
    """Record `conversation.<kind>` in the current transaction. `by`: None is the system."""
    recording.record(
        f"conversation.{kind}",
        subject=conversation.pk,
        conversation=conversation.pk,
        actor=by.pk if by else None,
        data=data,
    )


def happened(message: Message, kind: str, /, *, by: Account | None, **data: object) -> None:
    """Record `message.<kind>` in the current transaction."""
    recording.record(
        f"message.{kind}",
        subject=message.pk,
        conversation=message.conversation_id,
        actor=by.pk if by else None,
        historic=message.historic,
        data=data,
    )
