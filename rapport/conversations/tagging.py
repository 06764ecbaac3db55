"""Words that group conversations."""

from __future__ import annotations

from django.db import transaction

from rapport.conversations import access, history, locking
from rapport.conversations.errors import NoName
from rapport.conversations.models import Conversation, ConversationTag, Tag
from rapport.kit import text
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.search import indexing

_CHARS = 60


def tag(conversation: Conversation, *, name: str, by: Account | None) -> Tag:
    """Add a tag, made now if nobody used the word before; case and accents make no difference. Raises NoName.

    The word of a merged tag means the one that stands for it; an archived one comes back into use.
    """
    access.demand(by, Right.MANAGE)
    shown, folded = text.clean_line(name, _CHARS), folded_name(name)
    if not folded:
        raise NoName
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        found, _made = Tag.objects.get_or_create(folded=folded, defaults={"name": shown})
        found = standing_for(found)
        if found.archived_at is not None:
            found.archived_at = None
            found.save(update_fields=["archived_at"])
        _row, added = ConversationTag.objects.get_or_create(conversation=conversation, tag=found)
        if added:
            history.changed(conversation, "tagged", by=by, tag=found.pk, name=found.name)
            indexing.add_to_conversation(conversation.pk, found.name)
        return found


def untag(conversation: Conversation, *, name: str, by: Account | None) -> None:
    """Take a tag off; nothing happens when it is not there."""
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        found = Tag.objects.filter(folded=folded_name(name)).first()
        found = standing_for(found) if found else None
        if found and ConversationTag.objects.filter(conversation=conversation, tag=found).delete()[0]:
            history.changed(conversation, "untagged", by=by, tag=found.pk, name=found.name)


def standing_for(tag: Tag) -> Tag:
    """The tag itself, or the one that it was merged into at last."""
    seen: set[int] = set()
    while tag.canonical is not None and tag.pk not in seen:
        seen.add(tag.pk)
        tag = tag.canonical
    return tag


def folded_name(name: str) -> str:
    """The form in which two spellings are the same tag."""
    return text.fold(text.clean_line(name, _CHARS))[:_CHARS]
