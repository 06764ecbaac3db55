"""What was said and what happened in one conversation, as plain rows: a page of it costs no model instances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from rapport.conversations import access
from rapport.conversations.models import Message
from rapport.events.models import Event
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Question

_GONE = (Message.State.CANCELLED, Message.State.RETURNED)  # drafts again
_ALL = 2**31
BEFORE = 5
_MESSAGE = (
    "pk",
    "conversation_id",
    "kind",
    "state",
    "at",
    "release_at",
    "author_id",
    "customer_id",
    "sender_name",
    "sender_email",
    "to",
    "cc",
    "bcc",
    "text",
    "html",
    "reply_text",
    "quoted_text",
    "signature",
    "raw_sha256",
    "sender_check",
    "reference_check",
    "problems",
    "attachment_count",
    "also_received_at",
    "author__name",
    "author__email",
    "customer__name",
)
_EVENT = ("pk", "kind", "at", "actor_id", "data")


@dataclass(frozen=True, slots=True)
class Said:
    """One message or note: its columns of the same names. `author`, `customer`: names, empty where there is none."""

    author: str
    customer: str
    pk: int
    conversation_id: int
    kind: str
    state: str
    at: datetime
    release_at: datetime | None
    author_id: int | None
    customer_id: int | None
    sender_name: str
    sender_email: str
    to: list[dict[str, str]]
    cc: list[dict[str, str]]
    bcc: list[dict[str, str]]
    text: str
    html: str
    reply_text: str
    quoted_text: str
    signature: str
    raw_sha256: str
    sender_check: str
    reference_check: str
    problems: list[Any]
    attachment_count: int
    also_received_at: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the conversation itself."""

    pk: int
    kind: str
    at: datetime
    actor_id: int | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries, oldest first; `earlier` more were left out. `newest`: the greatest message id of all; `messages`: how
    many there are in all; `later` messages follow that were left out."""

    entries: list[Said | Happened]
    earlier: int
    newest: int
    messages: int
    later: int = 0


def read(account: Account, family: Sequence[int], *, most: int | None = None) -> Timeline:
    """The timeline of a conversation that the account was just found to see; with `most` only its last entries.

    `family`: its id and those of what was merged into it. Two statements; two more where something is left out.
    Taken-back and returned replies are left out, colleagues get notes only.
    """
    reads = account.may(Right.READ_MESSAGES)
    said = [_said(row) for row in _messages.ask(family, shape=(reads, most or _ALL))]
    happened = [Happened(*row) for row in _events.ask(family, shape=most or _ALL)] if reads else []
    entries: list[Said | Happened] = [*said, *happened]
    entries.sort(key=_order)
    messages, newest, events = len(said), max((one.pk for one in said), default=0), len(happened)
    if most is not None and len(entries) >= most:
        entries = entries[-most:]
        readable = access.readable(account, _told(family))
        messages, newest = readable.count(), readable.aggregate(newest=Max("pk"))["newest"] or 0
        events = _happened(family).count() if reads else 0
    return Timeline(entries, messages + events - len(entries), newest, messages)


def expect(account: Account, family: Sequence[int], *, most: int | None = None) -> None:
    """Bring along what `read` asks first."""
    reads = account.may(Right.READ_MESSAGES)
    _messages.expect(family, shape=(reads, most or _ALL))
    if reads:
        _events.expect(family, shape=most or _ALL)


def around(account: Account, family: Sequence[int], message: int, *, most: int) -> Timeline:
    """The same from a little before one message on, `most` messages at the most; the end of it all where the message is
    not there. Costs as much however long the conversation is, but for the two counts along its index.
    """
    reads = account.may(Right.READ_MESSAGES)
    told = access.readable(account, _told(family))
    at = told.filter(pk=message).values_list("at", flat=True).first()
    if at is None:
        return read(account, family, most=most)
    before = told.filter(at__lt=at).order_by("-at", "-pk").values_list(*_MESSAGE)[:BEFORE]
    after = told.filter(at__gte=at).order_by("at", "pk").values_list(*_MESSAGE)[:most]
    said = [_said(row) for row in [*before, *after]]
    first, last = min(one.at for one in said), max(one.at for one in said)
    earlier, later = told.filter(at__lt=first).count(), told.filter(at__gt=last).count()
    span = _happened(family).filter(at__gte=first) if later == 0 else _happened(family).filter(at__range=(first, last))
    happened = [Happened(*row) for row in span.order_by("at", "pk").values_list(*_EVENT)[: 2 * most]] if reads else []
    entries: list[Said | Happened] = sorted([*said, *happened], key=_order)
    newest = max(one.pk for one in said)  # what lies beyond was not on the screen
    return Timeline(entries, earlier, newest, earlier + len(said) + later, later)


def messages(ids: Iterable[int]) -> list[Said]:
    """These messages, oldest first; whoever asks was found to read them."""
    return sorted((_said(row) for row in _named.ask(sorted(ids))), key=_order)


def _said(row: Sequence[Any]) -> Said:
    *columns, name, email, customer = row
    return Said(name or email or "", customer or "", *columns)


def _order(entry: Said | Happened) -> tuple[datetime, bool, int]:
    return entry.at, isinstance(entry, Happened), entry.pk


def _told(family: Sequence[int]) -> QuerySet[Message]:
    return Message.objects.filter(conversation_id__in=family).exclude(state__in=_GONE)


def _happened(family: Sequence[int]) -> QuerySet[Event]:
    return Event.objects.filter(conversation_id__in=family, kind__startswith="conversation.")


def _last_messages(shape: tuple[bool, int], family: Sequence[int]) -> QuerySet[Any, Any]:
    reads, most = shape
    found = _told(family) if reads else _told(family).filter(kind=Message.Kind.NOTE)
    return found.order_by("-at", "-pk").values_list(*_MESSAGE)[:most]


def _last_events(most: int, family: Sequence[int]) -> QuerySet[Any, Any]:
    return _happened(family).order_by("-at", "-pk").values_list(*_EVENT)[:most]


_messages = Question(_last_messages)
_events = Question(_last_events)
_named = Question(lambda ids: Message.objects.filter(pk__in=ids).values_list(*_MESSAGE))
