"""Messages that something has just happened with, read once for all who react to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapport.channels.models import Inbox
from rapport.conversations.models import Message
from rapport.rows.asking import Objects
from rapport.rows.gathering import Gathered

_read_messages = Objects(lambda ids: Message.objects.select_related("conversation__customer").filter(pk__in=ids))
_read_inboxes = Objects(lambda ids: Inbox.objects.filter(pk__in=ids))


def _with_inboxes(ids: Sequence[int]) -> dict[int, Message]:
    messages = _read_messages.ask(ids)
    conversations = [message.conversation for message in messages]
    _inboxes.gather(one.inbox_id for one in conversations if one.inbox_id is not None)
    for one in conversations:
        one.inbox = _inboxes.of(one.inbox_id) if one.inbox_id is not None else None
    return {message.pk: message for message in messages}


_messages: Gathered[int, Message] = Gathered(_with_inboxes)
_inboxes: Gathered[int, Inbox] = Gathered(lambda ids: {row.pk: row for row in _read_inboxes.ask(ids)})


def gather(ids: Iterable[int | None]) -> None:
    """Read all of these, where a group of work reads together."""
    _messages.gather(pk for pk in ids if pk is not None)


def message(pk: int | None) -> Message | None:
    """A message with its conversation, and that one's inbox and customer."""
    return _messages.of(pk) if pk else None
