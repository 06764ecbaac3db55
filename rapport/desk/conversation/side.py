"""The customer beside the conversation: who it is, what they bought, what else they wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zlib import crc32

from rapport.conversations import surroundings
from rapport.conversations.models import Conversation, Participant
from rapport.conversations.surroundings import Surroundings
from rapport.people import listing
from rapport.people.models import Account, Customer
from rapport.people.rights import Right

HISTORY = 8
ORDERS = 5
OTHERS = 20
_ROLES = dict(Participant.Role.choices)
_STATUSES = dict(Conversation.Status.choices)


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """`total` with its currency, as text."""

    number: str
    summary: str
    status: str
    total: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another conversation of the same customer that the viewer may see."""

    number: int
    subject: str
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Involved:
    """Somebody else outside who takes part, or was on copy."""

    email: str
    role: str


@dataclass(slots=True)
class Side:
    """Empty where nobody is known or the viewer's role does not show customers."""

    customer_id: int = 0
    name: str = ""
    tone: int = 0
    organisation: str = ""
    phone: str = ""
    language: str = ""
    notes: str = ""
    since: datetime | None = None
    addresses: list[str] = field(default_factory=list)
    orders: list[ShownOrder] = field(default_factory=list)
    history: list[Earlier] = field(default_factory=list)
    people: list[Involved] = field(default_factory=list)
    rev: str = ""


def side_of(account: Account, customer: Customer | None, around: Surroundings) -> Side:
    """The panel of a conversation, its people too. `customer`: the living one."""
    side = Side()
    if not account.may(Right.READ_MESSAGES):
        return side
    if customer is not None:
        side = of_customer(account, customer, around.customers, around.addresses, without=around.family)
    others = [one for one in around.people if one.email not in side.addresses]
    side.people = [Involved(one.email, str(_ROLES[one.role])) for one in others[:OTHERS]]
    shown = (side.name, side.notes, side.history, [one.email for one in side.people])
    side.rev = format(crc32(repr(shown).encode()), "x")
    return side


def of_customer(
    account: Account, person: Customer, ids: Sequence[int], addresses: Sequence[str], *, without: Sequence[int]
) -> Side:
    """A living customer with what was merged into them: `ids` of all their rows, and the `addresses` of those."""
    return Side(
        customer_id=person.pk,
        name=person.name or next(iter(addresses), str(person)),
        tone=person.pk % 6,
        organisation=person.organisation.name if person.organisation else "",
        phone=person.phone,
        language=person.language,
        notes=person.notes,
        since=person.created_at,
        addresses=list(addresses),
        orders=[_order(*row) for row in listing.orders(ids, ORDERS)],
        history=[
            Earlier(number, subject, str(_STATUSES[status]), at)
            for number, subject, status, at in surroundings.earlier(account, ids, without=without, most=HISTORY)
        ],
    )


def _order(number: str, summary: str, status: str, total_cents: int, currency: str, placed_at: datetime) -> ShownOrder:
    return ShownOrder(number, summary, status, f"{total_cents / 100:.2f} {currency}", placed_at)
