"""A reply that waits to go out gets another time: later, or now. What it says is changed by taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from rapport.conversations import access, history, locking
from rapport.conversations.errors import NotAllowed, NotInThePast, TooLate
from rapport.conversations.models import Message
from rapport.kit import clock
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Question

MOST_LISTED = 200
_COLUMNS = ("pk", "conversation_id", "conversation__subject", "to", "text", "release_at", "close_after")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reply of one's own that has not left yet. `to` as messages store addresses."""

    pk: int
    number: int
    subject: str
    to: list[dict[str, str]]
    text: str
    at: datetime
    then: str


def postpone(message: Message, *, until: datetime | None, by: Account) -> Message:
    """Let one's own held reply go out at `until`, aware and ahead, or now (None), by way of the release check.

    Raises NotAllowed for somebody else's, NotInThePast, TooLate.
    """
    access.demand(by, Right.REPLY)
    if message.author_id != by.pk:
        raise NotAllowed
    now = clock.now()
    if until is not None and until <= now:
        raise NotInThePast
    with transaction.atomic():
        locking.lock_living(message.conversation)
        held = Message.objects.filter(pk=message.pk, state=Message.State.HELD)
        if not held.update(release_at=until or now):
            raise TooLate
        message.refresh_from_db()
        history.happened(message, "postponed", by=by, until=clock.utc_iso(until or now))
        return message


def waiting_of(account: Account) -> list[Waiting]:
    """The account's own replies that have not left yet, next one first; at most 200, in what it may see."""
    rows = _held.ask(account.pk)
    seen = access.conversations_visible_to(account).filter(pk__in={row[1] for row in rows})
    visible = set(seen.values_list("pk", flat=True)) if rows else set()
    return [Waiting(*row) for row in rows if row[1] in visible]


def _held_by(account_id: int) -> QuerySet[Any, Any]:
    # The author is written so that no index answers it: few messages are held, and an author wrote many.
    by_author = Message.objects.annotate(by=Coalesce("author_id", Value(0)))
    held = by_author.filter(state=Message.State.HELD, by=account_id)
    return held.order_by("release_at", "pk").values_list(*_COLUMNS)[:MOST_LISTED]


_held = Question(_held_by)
