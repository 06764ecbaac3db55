"""Finding our messages by the outside ids that answers name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta

from rapport.conversations.models import Awaited, Message, Reference
from rapport.kit import clock
from rapport.rows import making, reading, writing

_MAX_NAMED = 200
_MAX_AWAITED = 3
_WORTH_WAITING = timedelta(days=7)  # servers give up after five

_references = reading.Kept(
    lambda: Reference.objects.filter(key="").select_related("message__conversation").order_by("-message_id")
)

_awaited = reading.Kept(
    lambda: Awaited.objects.filter(key="").select_related("message__conversation").order_by("-message_id")
)


def reference_key(external_id: str) -> str:
    """The stored form of an outside Message-ID: 40 hex digits of its sha256, without <> and surrounding blanks."""
    return hashlib.sha256(external_id.strip().strip("<>").encode("utf-8", "replace")).hexdigest()[:40]


def remember(message: Message) -> None:
    """Make the message findable by its own outside id, if it has one."""
    if message.external_id:
        key = reference_key(message.external_id)
        named = making.new(Reference, key=key, message_id=message.pk, conversation_id=message.conversation_id)
        writing.insert_for_good(named)


def messages_named(external_ids: Iterable[str]) -> list[Message]:
    """Our messages that carry one of these outside ids, in the order the ids were given, newest first within one."""
    return list(each_named(external_ids))


def each_named(external_ids: Iterable[str]) -> Iterator[Message]:
    """The same one after another, for who stops at the first that fits: mostly the nearest of a long row of ids."""
    keys = dict.fromkeys(reference_key(one) for one in list(external_ids)[:_MAX_NAMED])
    for key in keys:
        for row in _references.all(key):
            yield row.message


def wait_for(message: Message, external_ids: Iterable[str]) -> None:
    """Remember that the message answers these (at most three count), none of which has arrived."""
    for external_id in list(dict.fromkeys(external_ids))[:_MAX_AWAITED]:
        writing.insert(making.new(Awaited, key=reference_key(external_id), message_id=message.pk))


def waiting_for(external_id: str) -> list[Message]:
    """Messages that came before the one they answer, which has this outside id; newest first, none older than a week."""
    since = clock.now() - _WORTH_WAITING
    return [row.message for row in _awaited.all(reference_key(external_id)) if row.since >= since]


def wait_no_more(external_id: str) -> None:
    """It has arrived: who takes the two apart again by hand is not overruled when it comes a second time."""
    Awaited.objects.filter(key=reference_key(external_id)).delete()


def forget_awaited() -> None:
    """Drop what is no longer worth waiting for."""
    Awaited.objects.filter(since__lt=clock.now() - _WORTH_WAITING).delete()
