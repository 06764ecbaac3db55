"""Rows of the conversations app, one file per cluster."""

from rapport.conversations.models.awaited import Awaited
from rapport.conversations.models.batch import Batch
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
from rapport.conversations.models.shape import (
    ChecklistTemplate,
    CustomField,
    FieldValue,
    ForbiddenMove,
    OwnStatus,
    TimeEntry,
)
from rapport.conversations.models.view import Arrangement, View

__all__ = [
    "ASIDE",
    "Arrangement",
    "Awaited",
    "Batch",
    "ChecklistTemplate",
    "Conversation",
    "ConversationTag",
    "CustomField",
    "Draft",
    "FieldValue",
    "ForbiddenMove",
    "Involvement",
    "Link",
    "Macro",
    "Message",
    "OwnStatus",
    "Participant",
    "Question",
    "ReadMark",
    "Reference",
    "SharedTeam",
    "SideConversation",
    "Tag",
    "TimeEntry",
    "View",
    "ViewCount",
]
