"""Something about a conversation needs a look: a reply that could not be delivered."""

from __future__ import annotations

from rapport.conversations.models import Conversation
from rapport.kit import text

_CHARS = 200


def call_attention(conversation_id: int, *, to: str) -> None:
    """Show one sentence on the conversation until an agent replies or closes it."""
    Conversation.objects.filter(pk=conversation_id).update(attention=text.clean_line(to, _CHARS))


def clear_attention(conversation_id: int) -> None:
    """The trouble is over."""
    Conversation.objects.filter(pk=conversation_id).exclude(attention="").update(attention="")
