"""Rows of the conversations app, one file per cluster."""

from rapport.conversations.models.awaited import Awaited
from rapport.conversations.models.beside import Link, Question, SideConversation
from rapport.conversations.models.conversation import (
    ASIDE,
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
from rapport.conversations.models.view import Arrangement, View

__all__ = [
    "ASIDE",
    "Arrangement",
    "Awaited",
    "Conversation",
    "ConversationTag",
    "Draft",
    "Involvement",
    "Link",
    "Macro",
    "Message",
    "Participant",
    "Question",
    "ReadMark",
    "Reference",
    "SharedTeam",
    "SideConversation",
    "Tag",
    "View",
    "ViewCount",
]
