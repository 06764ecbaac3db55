"""When this happened, do these, in this order: the architecture diagram in code.

`outward` reactions reach people or machines outside the desk; events of imported history skip them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from rapport.automation import acknowledging
from rapport.conversations.models import Message
from rapport.events.models import Event
from rapport.notifications import telling
from rapport.outbox import queueing, retrying
from rapport.people import installing
from rapport.rows import gathering


class Reaction(NamedTuple):
    """One consequence. `run` works inside its own transaction, is safe to repeat, and may raise to be tried again.

    `gather` asks at once what `run` asks for each of several events.
    """

    kind: str
    name: str
    run: Callable[[Event], object]
    outward: bool = True
    gather: Callable[[Sequence[Event]], None] | None = None


def queue_reply(event: Event) -> None:
    """A released reply goes into the outbox."""
    message = Message.objects.select_related("conversation__inbox", "inbox").filter(pk=event.subject_id or 0).first()
    if message is not None:
        queueing.queue_message(message)


def try_inbox_again(event: Event) -> None:
    """A password was changed, say: mail that waited for it leaves at once."""
    retrying.try_inbox_again(event.subject_id or 0)


REACTIONS: list[Reaction] = [
    Reaction("message.replied", "queue the reply", queue_reply),
    Reaction("message.sent_aside", "queue the mail", queue_reply),
    Reaction("message.asked", "queue the mail", queue_reply),
    Reaction("inbox.changed", "try what waited", try_inbox_again),
    Reaction("message.received", "acknowledge", acknowledging.acknowledge, gather=acknowledging.gather),
    Reaction("message.received", "tell those concerned", telling.about_customer_message, gather=telling.gather),
    Reaction("message.stranger", "tell those concerned", telling.about_customer_message),
    Reaction("message.received_aside", "tell those concerned", telling.about_side_answer),
    Reaction("message.noted", "tell those mentioned", telling.about_note),
    Reaction("message.returned", "tell the author", telling.about_returned_reply),
    Reaction("message.bounced", "tell the author", telling.about_bounce),
    Reaction("conversation.assigned", "tell the assignee", telling.about_assignment),
    Reaction("conversation.moved", "tell the team", telling.about_move),
    Reaction("conversation.woken", "tell who waited for it", telling.about_waking),
    Reaction("conversation.draft_taken", "tell who began it", telling.about_taken_draft),
    Reaction("conversation.reopened", "tell the assignee", telling.about_reopening),
    Reaction("delivery.failed", "tell the author", telling.about_failed_delivery),
    Reaction("delivery.possibly_sent", "tell the author", telling.about_failed_delivery),
]


def reactions_to(event: Event) -> list[Reaction]:
    """What must be done about this event, in order."""
    return [reaction for reaction in REACTIONS if _is_for(reaction, event.kind, event.historic)]


@contextmanager
def together(events: Sequence[Event]) -> Iterator[None]:
    """Within it, what is asked alike for several of these events is asked once. Needs a transaction."""
    with gathering.together(), installing.read_once():
        for reaction in REACTIONS:
            if reaction.gather is not None:
                reaction.gather([event for event in events if _is_for(reaction, event.kind, event.historic)])
        yield


def concerns(kind: str, *, historic: bool) -> bool:
    """Whether anything must be done about such an event."""
    return any(_is_for(reaction, kind, historic) for reaction in REACTIONS)


def _is_for(reaction: Reaction, kind: str, historic: bool) -> bool:
    return reaction.kind == kind and not (historic and reaction.outward)


def find(kind: str, name: str) -> Reaction | None:
    """A reaction by its name; None when a newer version no longer has it."""
    return next((each for each in REACTIONS if (each.kind, each.name) == (kind, name)), None)
