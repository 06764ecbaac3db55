"""Something about a conversation needs a look: a reply that could not be delivered."""

from __future__ import annotations

from rapport.conversations import alongside
from rapport.conversations.models import Conversation
from rapport.kit import text

_CHARS = 200


def call_attention(conversation_id: int, *, to: str) -> None:
    """Show one sentence on the conversation until an agent replies or closes it."""
    Conversation.objects.filter(pk__in=_shown_on(conversation_id)).update(attention=text.clean_line(to, _CHARS))


def clear_attention(conversation_id: int) -> None:
    """The trouble is over."""
    Conversation.objects.filter(pk__in=_shown_on(conversation_id)).exclude(attention="").update(attention="")


def _shown_on(conversation_id: int) -> list[int]:
    """The conversation, and the one that it stands beside: trouble there must be seen where people look."""
    return [conversation_id, *alongside.main_numbers([conversation_id]).values()]
