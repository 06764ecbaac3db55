"""The customer beside the conversation: who it is, what they bought, what else they wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zlib import crc32

from rapport.conversations import access
from rapport.conversations.models import Conversation, Participant
from rapport.people import listing
from rapport.people.models import Account, Customer, CustomerAddress, Order
from rapport.people.recognising import living
from rapport.people.rights import Right

HISTORY = 8
ORDERS = 5


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


def side_of(account: Account, conversation: Conversation, family: list[int], people: list[Participant]) -> Side:
    """The panel of a conversation; its people too."""
    side = Side()
    if not account.may(Right.READ_MESSAGES):
        return side
    if conversation.customer is not None:
        side = of_customer(account, conversation.customer, without=family)
    others = [row for row in people if row.email not in side.addresses]
    side.people = [Involved(row.email, row.get_role_display()) for row in others[:20]]
    side.rev = format(
        crc32(repr((side.name, side.notes, side.history, [row.email for row in side.people])).encode()), "x"
    )
    return side


def of_customer(account: Account, customer: Customer, *, without: list[int]) -> Side:
    """A customer with what was merged into them."""
    person = living(customer)
    ids = listing.customer_family(person)
    addresses = CustomerAddress.objects.filter(customer_id__in=ids).order_by("pk").values_list("email", flat=True)
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
        orders=[_order(order) for order in Order.objects.filter(customer_id__in=ids).order_by("-placed_at")[:ORDERS]],
        history=_history(account, ids, without),
    )


def _history(account: Account, customers: list[int], without: list[int]) -> list[Earlier]:
    rows = access.conversations_visible_to(account).filter(customer_id__in=customers, merged_into=None)
    found = rows.exclude(pk__in=without).order_by("-last_message_at")[:HISTORY]
    return [Earlier(row.pk, row.subject, row.get_status_display(), row.last_message_at) for row in found]


def _order(order: Order) -> ShownOrder:
    total = f"{order.total_cents / 100:.2f} {order.currency}"
    return ShownOrder(order.number, order.summary, order.status, total, order.placed_at)
