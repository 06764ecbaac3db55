"""The messages and events of one conversation as its page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapport.channels.models import Inbox
from rapport.conversations import asking, timeline
from rapport.conversations.directory import Directory
from rapport.conversations.models import Message
from rapport.conversations.timeline import Happened, Said
from rapport.desk.conversation import folding
from rapport.desk.conversation.happenings import Names, ShownEvent, shown_event
from rapport.desk.conversation.showing import Around, ShownMessage, shown_message
from rapport.files import listing as files
from rapport.outbox import listing as outbox
from rapport.people.models import Account

SHOWN_AT_FIRST = 60
_OURS = (Message.Kind.REPLY, Message.Kind.AUTOMATIC)


@dataclass(frozen=True, slots=True)
class Thread:
    """Entries, oldest first; `earlier` and `later` more are left out. `last_id`: the newest message the viewer has on screen."""

    entries: list[ShownMessage | ShownEvent]
    earlier: int
    last_id: int
    later: int = 0


def read(account: Account, family: Sequence[int], directory: Directory, *, whole: bool = False, at: int = 0) -> Thread:
    """The thread of a conversation that the account was just found to see.

    `family`: its id, then those of what was merged into it. `at`: a message that must be among what is shown.
    """
    if at:
        found = timeline.around(account, family, at, most=SHOWN_AT_FIRST)
    else:
        found = timeline.read(account, family, most=None if whole else SHOWN_AT_FIRST)
    names = Names(directory.people, directory.teams)
    around = _around(account, family, [entry for entry in found.entries if isinstance(entry, Said)], found.messages)
    shown = [_shown(entry, around, names) for entry in found.entries]
    entries = folding.laid_out([entry for entry in shown if entry is not None])
    return Thread(entries, found.earlier, found.newest, found.later)


def expect(account: Account, family: Sequence[int], *, whole: bool = False) -> None:
    """Bring along what `read` asks."""
    timeline.expect(account, family, most=None if whole else SHOWN_AT_FIRST)
    outbox.expect_ways_in(family)


def since(account: Account, number: int, messages: Iterable[Message]) -> list[ShownMessage]:
    """What came into this conversation while an answer was being written."""
    found = timeline.messages(message.pk for message in messages)
    around = Around(account, number, {}, {}, {}, len(found))
    return [shown_message(message, around) for message in found]


def _around(account: Account, family: Sequence[int], messages: list[Said], count: int) -> Around:
    asked = [one.pk for one in messages if one.kind == Message.Kind.NOTE and one.author_id is not None and one.to]
    ours = [message.pk for message in messages if message.kind in _OURS] + asked
    filed = [message.pk for message in messages if message.attachment_count]
    again = {one["inbox"] for message in messages for one in message.also_received_at if "inbox" in one}
    return Around(
        viewer=account,
        number=family[0],
        ways=outbox.ways_in(family, ours) if ours else {},
        attachments=files.of_messages(filed) if filed else {},
        inboxes=dict(Inbox.objects.filter(pk__in=again).values_list("pk", "address")) if again else {},
        messages=count,
        inquiries=asking.inquiries(asked) if asked else {},
    )


def _shown(entry: Said | Happened, around: Around, names: Names) -> ShownMessage | ShownEvent | None:
    return shown_event(entry, names) if isinstance(entry, Happened) else shown_message(entry, around)
