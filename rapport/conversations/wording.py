"""Making a conversation findable anew, after messages moved or a merge was made or undone."""

from __future__ import annotations

from rapport.conversations import filling, locking
from rapport.conversations.models import Conversation, Message, SideConversation
from rapport.files.models import Attachment
from rapport.search import indexing


def index_anew(conversation: Conversation) -> None:
    """Findable by exactly the words of the conversation and of what was merged into it."""
    family = locking.family_ids(conversation)
    heads = Conversation.objects.filter(pk__in=family)
    words = [f"#{number} {subject}" for number, subject in heads.values_list("pk", "subject")]
    sides = SideConversation.objects.filter(main_id__in=family)
    messages = Message.objects.filter(conversation_id__in=[*family, *sides.values_list("conversation_id", flat=True)])
    for columns in messages.values_list("sender_name", "sender_email", "subject", "text"):
        words += columns
    words += Attachment.objects.filter(conversation_id__in=family).values_list("filename", flat=True)
    words += conversation.tags.values_list("name", flat=True)
    words += filling.words(conversation)
    indexing.replace_conversation(conversation.pk, *words)
