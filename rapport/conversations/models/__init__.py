"""Rows of the conversations app, one file per cluster."""

from rapport.conversations.models.awaited import Awaited
from rapport.conversations.models.conversation import (
    Conversation,
    ConversationTag,
    Involvement,
    Participant,
    ReadMark,
    SharedTeam,
    Tag,
    ViewCount,
)
from rapport.conversations.models.macro import Macro
from rapport.conversations.models.message import Draft, Message, Reference

__all__ = [
    "Awaited",
    "Conversation",
    "ConversationTag",
    "Draft",
    "Involvement",
    "Macro",
    "Message",
    "Participant",
    "ReadMark",
    "Reference",
    "SharedTeam",
    "Tag",
    "ViewCount",
]
