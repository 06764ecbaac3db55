"""The customer beside the conversation: who it is, what they bought, what else they wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf.locale import LANG_INFO

from rapport.conversations import surroundings
from rapport.conversations.models import Conversation, Participant
from rapport.conversations.surroundings import Surroundings
from rapport.kit import clock
from rapport.people import listing, portraying
from rapport.people.models import Account, Customer
from rapport.people.portraying import Note
from rapport.people.rights import Right
from rapport.ui import moments

HISTORY = 8
ORDERS = 5
NOTES = 3
OTHERS = 20
_ROLES = dict(Participant.Role.choices)
_STATUSES = dict(Conversation.Status.choices)


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """`total` with its currency, as text; `lines`: name and quantity; `link` leads to the shop's own system."""

    number: str
    summary: str
    status: str
    total: str
    placed_at: datetime
    link: str = ""
    lines: Sequence[dict[str, str]] = ()


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
    """Empty where nobody is known or the viewer's role does not show customers.

    `addresses` begin with the one to write to first, `phones` with the one to call first. `local_time`: what the clock
    says where the customer is. `facts`: label and value of the company's own attributes. `cards`: number and name.
    """

    customer_id: int = 0
    name: str = ""
    tone: int = 0
    vip: bool = False
    blocked: list[str] = field(default_factory=list)
    organisation: str = ""
    organisation_id: int | None = None
    phones: list[str] = field(default_factory=list)
    language: str = ""
    local_time: str = ""
    time_zone: str = ""
    channel: str = ""
    form_of_address: str = ""
    preferences: str = ""
    about: str = ""
    since: datetime | None = None
    addresses: list[str] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    cards: list[tuple[int, str]] = field(default_factory=list)
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
        side = portrait_of(customer, around.customers, around.addresses)
        side.history = [
            Earlier(number, subject, str(_STATUSES[status]), at)
            for number, subject, status, at in surroundings.earlier(
                account, around.customers, without=around.family, most=HISTORY
            )
        ]
    others = [one for one in around.people if one.email not in side.addresses]
    side.people = [Involved(one.email, str(_ROLES[one.role])) for one in others[:OTHERS]]
    # The clock where the customer is does not make the panel new: it would be drawn again every minute.
    side.rev = format(crc32(repr(replace(side, local_time="")).encode()), "x")
    return side


def expect(account: Account, customer: Customer | None, around: Surroundings) -> None:
    """Bring along what `side_of` asks."""
    if customer is None or not account.may(Right.READ_MESSAGES):
        return
    portraying.expect(around.customers, around.addresses, most_notes=NOTES)
    listing.expect_orders(around.customers, ORDERS)
    surroundings.expect_earlier(account, around.customers, without=around.family, most=HISTORY)


def portrait_of(person: Customer, ids: Sequence[int], addresses: Sequence[str], *, most_notes: int = NOTES) -> Side:
    """A living customer with what was merged into them: `ids` of all their rows, and the `addresses` of those."""
    portrait = portraying.read(ids, addresses, most_notes=most_notes)
    return Side(
        customer_id=person.pk,
        name=person.name or next(iter(addresses), str(person)),
        tone=person.pk % 6,
        vip=person.vip,
        blocked=portrait.blocked,
        organisation=person.organisation.name if person.organisation else "",
        organisation_id=person.organisation_id,
        phones=_first(person.phone, [one.number for one in portrait.phones]),
        language=language_name(person.language),
        local_time=local_time(person.time_zone),
        time_zone=person.time_zone.replace("_", " "),
        channel=str(Customer.Channel(person.channel).label) if person.channel else "",
        form_of_address=person.form_of_address,
        preferences=person.preferences,
        about=person.notes,
        since=person.created_at,
        addresses=_first(portrait.primary, addresses),
        facts=portrait.shown(person.attributes),
        notes=portrait.notes,
        cards=portrait.cards,
        orders=orders_of(ids, ORDERS),
    )


def orders_of(ids: Sequence[int], most: int) -> list[ShownOrder]:
    """The last orders of these rows of one customer."""
    return [_order(*row) for row in listing.orders(ids, most)]


def local_time(time_zone: str) -> str:
    """`Tue 14:05` where the customer is; empty where that is not known."""
    if not time_zone:
        return ""
    try:
        there = clock.now().astimezone(ZoneInfo(time_zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""
    return moments.clock_time(there)


def language_name(code: str) -> str:
    """`Deutsch`; the code itself where nobody knows it."""
    return str(LANG_INFO.get(code, {}).get("name_local", code)) if code else ""


def _first(chosen: str, others: Sequence[str]) -> list[str]:
    return [chosen, *(one for one in others if one != chosen)] if chosen in others else list(others)


def _order(  # noqa: PLR0913 - the columns of one row
    number: str, summary: str, status: str, total_cents: int, currency: str, placed_at: datetime, link: str, lines: Any
) -> ShownOrder:
    return ShownOrder(number, summary, status, f"{total_cents / 100:.2f} {currency}", placed_at, link, lines)
