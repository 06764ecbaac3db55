"""Rows of the conversations app, one file per cluster."""

from rapport.conversations.models.conversation import (
    Conversation,
    ConversationTag,
    Involvement,
    Participant,
    Policy,
    ReadMark,
    SharedTeam,
    Tag,
)
from rapport.conversations.models.message import Draft, Message, Reference

__all__ = [
    "Conversation",
    "ConversationTag",
    "Draft",
    "Involvement",
    "Message",
    "Participant",
    "Policy",
    "ReadMark",
    "Reference",
    "SharedTeam",
    "Tag",
]
