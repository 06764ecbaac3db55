"""The messages and events of one conversation, gathered with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapport.channels.models import Inbox
from rapport.conversations import listing
from rapport.conversations.models import Conversation, Message
from rapport.desk.conversation.happenings import Names, ShownEvent, shown_event
from rapport.desk.conversation.showing import Around, ShownMessage, shown_message
from rapport.events.models import Event
from rapport.files import listing as files
from rapport.outbox import listing as outbox
from rapport.people.models import Account, Team

SHOWN_AT_FIRST = 60


@dataclass(frozen=True, slots=True)
class Thread:
    """Entries, oldest first; `earlier` more are left out. `last_id`: the newest message the viewer has on screen."""

    entries: list[ShownMessage | ShownEvent]
    earlier: int
    last_id: int
    names: Names
    everybody: list[Account]
    teams: list[tuple[int, str]]


def read(account: Account, conversation: Conversation, family: Sequence[int], *, whole: bool = False) -> Thread:
    """The thread of a conversation that the account sees. `family`: its id and those of what was merged into it."""
    found = listing.timeline_of(account, family)
    earlier = 0 if whole else max(0, len(found) - SHOWN_AT_FIRST)
    kept = found[earlier:]
    messages = [entry for entry in found if isinstance(entry, Message)]
    everybody = list(Account.objects.order_by("name", "pk"))
    teams = list(Team.objects.order_by("name").values_list("pk", "name", "ended_at"))
    names = Names({one.pk: str(one) for one in everybody}, {pk: name for pk, name, _ended in teams})
    around = _around(account, conversation, [entry for entry in kept if isinstance(entry, Message)], len(messages))
    shown = [_shown(entry, around, names) for entry in kept]
    return Thread(
        entries=[entry for entry in shown if entry is not None],
        earlier=earlier,
        last_id=max((message.pk for message in messages), default=0),
        names=names,
        everybody=everybody,
        teams=[(pk, name) for pk, name, ended in teams if ended is None],
    )


def since(account: Account, conversation: Conversation, messages: Sequence[Message]) -> list[ShownMessage]:
    """What came while an answer was being written."""
    around = Around(account, conversation, {}, {}, {}, len(messages))
    return [shown_message(message, around) for message in messages]


def _around(account: Account, conversation: Conversation, messages: list[Message], count: int) -> Around:
    ids = [message.pk for message in messages]
    ours = [message.pk for message in messages if message.kind in (Message.Kind.REPLY, Message.Kind.AUTOMATIC)]
    again = {one["inbox"] for message in messages for one in message.also_received_at if "inbox" in one}
    return Around(
        viewer=account,
        conversation=conversation,
        deliveries=outbox.of_messages(ours) if ours else {},
        attachments=files.of_messages(ids) if any(message.attachment_count for message in messages) else {},
        inboxes=dict(Inbox.objects.filter(pk__in=again).values_list("pk", "address")) if again else {},
        messages=count,
    )


def _shown(entry: Message | Event, around: Around, names: Names) -> ShownMessage | ShownEvent | None:
    return shown_event(entry, names) if isinstance(entry, Event) else shown_message(entry, around)
