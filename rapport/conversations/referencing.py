"""Finding our messages by the outside ids that answers name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from rapport.conversations.models import Message, Reference
from rapport.rows import reading, writing

_MAX_NAMED = 200

_references = reading.Kept(
    lambda: Reference.objects.filter(key="").select_related("message__conversation").order_by("-message_id")
)


def reference_key(external_id: str) -> str:
    """The stored form of an outside Message-ID: 40 hex digits of its sha256, without <> and surrounding blanks."""
    return hashlib.sha256(external_id.strip().strip("<>").encode("utf-8", "replace")).hexdigest()[:40]


def remember(message: Message) -> None:
    """Make the message findable by its own outside id, if it has one."""
    if message.external_id:
        key = reference_key(message.external_id)
        writing.insert(Reference(key=key, message=message, conversation_id=message.conversation_id))


def messages_named(external_ids: Iterable[str]) -> list[Message]:
    """Our messages that carry one of these outside ids, in the order the ids were given, newest first within one."""
    return list(each_named(external_ids))


def each_named(external_ids: Iterable[str]) -> Iterator[Message]:
    """The same one after another, for who stops at the first that fits: mostly the nearest of a long row of ids."""
    keys = dict.fromkeys(reference_key(one) for one in list(external_ids)[:_MAX_NAMED])
    for key in keys:
        for row in _references.all(key):
            yield row.message
