"""One macro's words for many conversations, before anything happens: who would get what, and who is left out and why.

Read in few statements however many conversations there are. `batching.carry_out` asks the same again under the locks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from django.db.models import F, OuterRef, Subquery

from rapport.conversations import applying, filling, recipients, standing
from rapport.conversations.errors import MoveForbidden
from rapport.conversations.models import Conversation, Draft, Macro, Message, Participant
from rapport.kit import clock
from rapport.people import blocking
from rapport.people.models import Account, Customer, CustomerAddress, Order

WRITES_NOW = timedelta(minutes=1)
Role, Kind, State, Status = Participant.Role, Message.Kind, Message.State, Conversation.Status
Stored: TypeAlias = list[dict[str, str]]


class Why(StrEnum):
    """Why a conversation gets nothing. Behind each: what its detail names."""

    UNFILLED = "unfilled"  # the placeholders without a value
    SPAM = "spam"
    STRANGER = "stranger"
    HELD = "held"  # whose reply is about to go out
    WRITING = "writing"  # who
    BEGUN = "begun"  # who
    OWN_DRAFT = "own_draft"
    NOBODY = "nobody"
    NO_INBOX = "no_inbox"
    BLOCKED = "blocked"  # the address
    FIELDS = "fields"  # the names of fields
    FORBIDDEN = "forbidden"  # the sentence
    ANSWERED = "answered"  # who wrote since the preview
    CHANGED = "changed"
    GONE = "gone"
    REFUSED = "refused"  # the sentence of the verb


@dataclass(frozen=True, slots=True)
class Letter:
    """What one conversation would get. `seen`: its newest message now; `why` is empty where nothing stands against it."""

    number: int
    subject: str
    to: Stored
    cc: Stored
    html: str
    seen: int
    why: str = ""
    detail: str = ""

    @property
    def stamp(self) -> str:
        """Tells these words to these people from any other."""
        said = repr((self.html, [one["email"] for one in self.to], [one["email"] for one in self.cc]))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read for all of them at once; by number of the conversation, or id of the customer."""

    people: dict[int, dict[str, Stored]]
    drafts: dict[int, list[tuple[int, str, bool]]]
    held: dict[int, str]
    emails: dict[int, str]
    orders: dict[int, Order]
    blocked: set[str]


def plan(macro: Macro, chosen: Sequence[Conversation], *, by: Account, as_note: bool) -> list[Letter]:
    """A letter for each of these living conversations, in their order. `by` was found to see them."""
    numbers = [one.pk for one in chosen]
    rows = Conversation.objects.select_related("customer__canonical", "team", "inbox").in_bulk(numbers)
    found = [rows[number] for number in numbers if number in rows]
    known = _read(found, macro, as_note=as_note)
    return [_letter(macro, one, known, by=by, as_note=as_note) for one in found]


def _letter(macro: Macro, conversation: Conversation, known: _Known, *, by: Account, as_note: bool) -> Letter:
    customer = applying.customer_of(conversation)
    email = known.emails.get(customer.pk, "") if customer else ""
    order = known.orders.get(customer.pk) if customer else None
    values = applying.values_from(conversation, by=by, email=email, order=order)
    words = applying.filled(macro, values, by=by)
    people = {} if as_note else known.people.get(conversation.pk, {})
    letter = Letter(
        number=conversation.pk,
        subject=conversation.subject,
        to=people.get(Role.REQUESTER, []),
        cc=people.get(Role.COPY, []),
        html=words.html,
        seen=conversation.last_message_id,
    )
    if words.missing:
        return replace(letter, why=Why.UNFILLED, detail=", ".join(f"{{{{{name}}}}}" for name in words.missing))
    against = _own_note(conversation, known, by) if as_note else _against(conversation, letter, known, by)
    why, detail = against or _against_steps(macro, conversation, by) or ("", "")
    return replace(letter, why=why, detail=detail)


def _against(conversation: Conversation, letter: Letter, known: _Known, by: Account) -> tuple[Why, str] | None:
    """What stands against a reply, the weightiest first."""
    if conversation.status == Status.SPAM:
        return Why.SPAM, ""
    if conversation.inbox_id is None:
        return Why.NO_INBOX, ""
    if not letter.to:
        return Why.NOBODY, ""
    blocked = [one["email"] for one in (*letter.to, *letter.cc) if one["email"] in known.blocked]
    if blocked:
        return Why.BLOCKED, blocked[0]
    if conversation.held_count:
        return Why.STRANGER, ""
    if conversation.pk in known.held:
        return Why.HELD, known.held[conversation.pk]
    for author, name, is_new in known.drafts.get(conversation.pk, ()):
        if author == by.pk:
            return Why.OWN_DRAFT, ""
        return (Why.WRITING if is_new else Why.BEGUN), name
    return None


def _own_note(conversation: Conversation, known: _Known, by: Account) -> tuple[Why, str] | None:
    """A note stands in nobody's way; only what oneself has begun would be lost by it."""
    mine = any(author == by.pk for author, _name, _is_new in known.drafts.get(conversation.pk, ()))
    return (Why.OWN_DRAFT, "") if mine else None


def _against_steps(macro: Macro, conversation: Conversation, by: Account) -> tuple[Why, str] | None:
    """What the company's rules say against where the macro's steps would bring it."""
    for one in macro.acts:
        target = one["value"] if one["act"] == "status" else Status.SNOOZED if one["act"] == "snooze" else ""
        if not target or conversation.status == target:
            continue
        if target == Status.CLOSED and (missing := filling.missing(conversation)):
            return Why.FIELDS, ", ".join(field.name for field in missing)
        try:
            standing.demand_move(conversation, target, by=by)
        except MoveForbidden as refusal:
            return Why.FORBIDDEN, str(refusal)
    return None


def _read(found: Sequence[Conversation], macro: Macro, *, as_note: bool) -> _Known:
    roots = _families([one.pk for one in found])
    customers = [customer.pk for one in found if (customer := applying.customer_of(one))]
    people = {} if as_note else _people(roots)
    everybody = [one["email"] for roles in people.values() for stored in roles.values() for one in stored]
    return _Known(
        people=people,
        drafts=_drafts(roots, Draft.Kind.NOTE if as_note else Draft.Kind.REPLY),
        held={} if as_note else _held(roots),
        emails=_emails(customers) if "customer.email" in macro.html else {},
        orders=_orders(customers) if "order." in macro.html else {},
        blocked=blocking.stopped(everybody) if everybody else set(),
    )


def _families(numbers: Sequence[int]) -> dict[int, int]:
    """For each of these conversations and everything merged into one of them: the one it stands in now."""
    roots = {number: number for number in numbers}
    newest = list(numbers)
    while newest:
        rows = Conversation.objects.filter(merged_into_id__in=newest).values_list("pk", "merged_into_id")
        new = {pk: roots[into] for pk, into in rows if into is not None and pk not in roots}
        roots |= new
        newest = list(new)
    return roots


def _people(roots: dict[int, int]) -> dict[int, dict[str, Stored]]:
    """Whom a reply goes to where its author names nobody, and who gets a copy: as the composer begins."""
    found: dict[int, dict[str, Stored]] = {}
    rows = Participant.objects.filter(conversation_id__in=roots, role__in=(Role.REQUESTER, Role.COPY)).order_by(
        "-role", "pk"
    )
    for number, role, email, name in rows.values_list("conversation_id", "role", "email", "name"):
        roles = found.setdefault(roots[number], {Role.REQUESTER: [], Role.COPY: []})
        if all(email != one["email"] for stored in roles.values() for one in stored):
            roles[role].append({"email": email, "name": name})
    return {
        root: {role: rows[: recipients.MAX_RECIPIENTS] for role, rows in roles.items()} for root, roles in found.items()
    }


def _drafts(roots: dict[int, int], kind: Draft.Kind) -> dict[int, list[tuple[int, str, bool]]]:
    """What was begun there: author, name, and whether it grew within the last minute; the newest first."""
    since = clock.now() - WRITES_NOW
    rows = Draft.objects.filter(conversation_id__in=roots, kind=kind).order_by("-updated_at", "pk")
    found: dict[int, list[tuple[int, str, bool]]] = {}
    for number, author, name, at in rows.values_list("conversation_id", "author_id", "author__name", "updated_at"):
        found.setdefault(roots[number or 0], []).append((author, name, at >= since))
    return found


def _held(roots: dict[int, int]) -> dict[int, str]:
    """Whose reply is held there."""
    rows = Message.objects.filter(conversation_id__in=roots, state=State.HELD, kind=Kind.REPLY)
    return {roots[number]: name or "" for number, name in rows.values_list("conversation_id", "author__name")}


def _emails(customers: Iterable[int]) -> dict[int, str]:
    rows = CustomerAddress.objects.filter(customer_id__in=customers).order_by("-pk")
    return dict(rows.values_list("customer_id", "email"))


def _orders(customers: Iterable[int]) -> dict[int, Order]:
    """The newest order of each."""
    newest = Order.objects.filter(customer=OuterRef("pk")).order_by("-placed_at").values("pk")[:1]
    rows = Customer.objects.filter(pk__in=customers).annotate(newest=Subquery(newest)).exclude(newest=None)
    orders = Order.objects.in_bulk(rows.values_list(F("newest"), flat=True))
    return {order.customer_id: order for order in orders.values()}
