"""Finding our messages by the outside ids that answers name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from rapport.conversations.models import Message, Reference

_MAX_NAMED = 200


def reference_key(external_id: str) -> str:
    """The stored form of an outside Message-ID: 40 hex digits of its sha256, without <> and surrounding blanks."""
    return hashlib.sha256(external_id.strip().strip("<>").encode("utf-8", "replace")).hexdigest()[:40]


def remember(message: Message) -> None:
    """Make the message findable by its own outside id, if it has one."""
    if message.external_id:
        Reference.objects.create(
            key=reference_key(message.external_id), message=message, conversation_id=message.conversation_id
        )


def messages_named(external_ids: Iterable[str]) -> list[Message]:
    """Our messages that carry one of these outside ids, in the order the ids were given, newest first within one."""
    keys = {reference_key(one): place for place, one in enumerate(list(external_ids)[:_MAX_NAMED])}
    rows = Reference.objects.filter(key__in=keys).select_related("message__conversation")
    ordered = sorted(rows, key=lambda row: (keys[row.key], -row.message_id))
    return [row.message for row in ordered]
