"""What happens in a side conversation is told to the conversation it stands beside."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max, QuerySet

from rapport.conversations import history, locking
from rapport.conversations.models import ASIDE, Conversation, Message, SideConversation
from rapport.people.models import Account
from rapport.search import indexing

Kind, State, Status = Message.Kind, Message.State, Conversation.Status
WOKEN_AS = {Status.CLOSED: "reopened", Status.WAITING: "reopened", Status.SNOOZED: "woken"}


def main_of(side: Conversation) -> Conversation:
    """The living conversation that a side conversation stands beside; any other conversation's own living one."""
    if side.status != ASIDE:
        return locking.living(side)
    return locking.living(_row(side).select_related("main").get().main)


def main_numbers(numbers: Iterable[int]) -> dict[int, int]:
    """Of these numbers those of side conversations, with the number of the conversation each was begun beside."""
    wanted = list(numbers)
    if not wanted:
        return {}
    found = SideConversation.objects.filter(conversation_id__in=wanted)
    return dict(found.values_list("conversation_id", "main_id"))


def begun_by(side: Conversation) -> Account | None:
    """Who wrote to them first; None for who left or for no side conversation."""
    row = _row(side).select_related("begun_by").first()
    return row.begun_by if row else None


def newest_told(family: Iterable[int]) -> int:
    """The newest message of others that these conversations were marked unread for; 0 without any."""
    sides = SideConversation.objects.filter(main_id__in=list(family))
    return sides.aggregate(newest=Max("told_id"))["newest"] or 0


def heard(message: Message, side: Conversation) -> None:
    """They wrote, or their mail server did: the main conversation is unread, awake, and says so in its history.

    Within the transaction that stored the message and holds the side conversation's lock; the main one is locked after
    it, always, and nobody who holds a main conversation waits for one beside it.
    """
    main = locking.lock_living(main_of(side))
    if message.kind == Kind.BOUNCE:
        main.attention = side.attention or main.attention
        main.save(update_fields=["attention"])
    if message.kind != Kind.CUSTOMER:
        return
    _row(side).update(told_id=message.pk, done_at=None)
    main.last_message_id = max(main.last_message_id, message.pk)
    _wake(main, message, side)
    main.save(update_fields=["last_message_id", "status", "closed_at", "snoozed_until"])
    kind = "side_stranger" if message.state == State.STRANGER else "side_answered"
    history.changed(main, kind, by=None, who=_named(message), **_facts(message, side))
    _index(message, main)


def said(message: Message, side: Conversation) -> None:
    """One of ours went out to them: the main conversation's history says so."""
    main = main_of(side)
    row = _row(side).get()
    is_first = not side.messages.filter(kind=Kind.REPLY, state=State.DONE, pk__lt=message.pk).exists()
    kind = "forwarded" if row.is_forward and is_first else "side_wrote"
    names = ", ".join(one.get("name") or one["email"] for one in [*message.to, *message.cc, *message.bcc][:5])
    history.changed(main, kind, by=message.author, who=names, about=row.about_id, **_facts(message, side))
    _index(message, main)


def _wake(main: Conversation, message: Message, side: Conversation) -> None:
    if message.historic or main.status not in WOKEN_AS:
        return
    before = Status(main.status)
    main.status = Status.OPEN
    main.closed_at = main.snoozed_until = None
    history.changed(main, WOKEN_AS[before], by=None, before=before, side=side.pk, who=_named(message))


def _named(message: Message) -> str:
    return message.sender_name or message.sender_email


def _facts(message: Message, side: Conversation) -> dict[str, object]:
    return {"side": side.pk, "subject": side.subject, "message": message.pk}


def _index(message: Message, main: Conversation) -> None:
    """Who looks for their words finds the main conversation."""
    indexing.add_to_conversation(main.pk, message.subject, message.sender_name, message.sender_email, message.text)


def _row(side: Conversation) -> QuerySet[SideConversation]:
    return SideConversation.objects.filter(conversation_id=side.pk)
