"""A macro applied to a conversation: its acts are done at once, its words are handed to whoever writes the reply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from rapport.conversations import (
    access,
    assigning,
    closing,
    history,
    moving,
    prioritising,
    snoozing,
    staging,
    tagging,
)
from rapport.conversations.errors import NoName, UnknownStatus
from rapport.conversations.models import Conversation, Macro
from rapport.kit import clock, placeholders
from rapport.people import access as people
from rapport.people import installing
from rapport.people.models import Account, Customer, Order
from rapport.people.rights import Right

MOST_DAYS = 365
_VALUE_CHARS = 80


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of it: HTML for the composer, and the placeholders that nobody could fill."""

    html: str
    missing: tuple[str, ...] = ()


def apply(macro: Macro, conversation: Conversation, *, by: Account) -> Applied:
    """Do the acts of a macro, all or none, and fill its words. Raises NotFound, and what the acts' verbs raise."""
    access.require(by, conversation, Right.NOTE)
    if macro.acts:
        act(macro, conversation, by=by)
    return written(macro, conversation, by=by)


def act(macro: Macro, conversation: Conversation, *, by: Account) -> None:
    """Do the acts of a macro, all or none, where the account was found to see the conversation; its history says so."""
    with transaction.atomic():
        history.changed(conversation, "macro", by=by, macro=macro.pk, name=macro.name)
        for one in macro.acts:
            _ACTS[one["act"]](conversation, one["value"], by)
            conversation.refresh_from_db()


def written(macro: Macro, conversation: Conversation, *, by: Account) -> Applied:
    """The words of a macro in a conversation, its acts left out; who may not read messages learns of no customer."""
    return filled(macro, values(conversation, by=by), by=by)


def filled(macro: Macro, known: Mapping[str, str], *, by: Account) -> Applied:
    """The words of a macro with these values, but for those that the account may not know."""
    if not by.may(Right.READ_MESSAGES):
        known = {name: value for name, value in known.items() if not name.startswith(("customer.", "order."))}
    words = placeholders.fill_html(macro.html, known)
    return Applied(words.text, words.missing)


def values(conversation: Conversation, *, by: Account) -> dict[str, str]:
    """What placeholders stand for in a conversation; names without a value are left out."""
    customer = customer_of(conversation)
    order = customer.orders.order_by("-placed_at").first() if customer else None
    return values_from(conversation, by=by, email=_address(customer) if customer else "", order=order)


def customer_of(conversation: Conversation) -> Customer | None:
    """Whose conversation it is: the living row."""
    customer = conversation.customer
    return (customer.canonical or customer) if customer else None


def values_from(conversation: Conversation, *, by: Account, email: str, order: Order | None) -> dict[str, str]:
    """The same for who has read the customer's first address and newest order."""
    customer = customer_of(conversation)
    known = {
        "customer.name": customer.name if customer else "",
        "customer.first_name": first_name(customer.name) if customer else "",
        "customer.email": email,
        "conversation.number": str(conversation.pk),
        "conversation.subject": conversation.subject,
        "agent.name": by.name,
        "agent.first_name": first_name(by.name),
        "agent.email": by.email,
        "team.name": conversation.team.name if conversation.team else "",
        "inbox.address": conversation.inbox.address if conversation.inbox else "",
        "company.name": installing.current().company_name,
        "order.number": order.number if order else "",
        "order.status": order.status if order else "",
        "order.summary": order.summary if order else "",
    }
    return {name: value for name, value in known.items() if value}


# What `values` can fill; help and checks of settings list these.
NAMES = (
    "customer.name",
    "customer.first_name",
    "customer.email",
    "conversation.number",
    "conversation.subject",
    "agent.name",
    "agent.first_name",
    "agent.email",
    "team.name",
    "inbox.address",
    "company.name",
    "order.number",
    "order.status",
    "order.summary",
)


def first_name(name: str) -> str:
    """How one greets somebody of this name: `Conti, Carla` and `Carla Conti` give Carla; one word is taken whole."""
    last, comma, first = name.partition(",")
    words = (first if comma and first.strip() else last).split()
    return words[0] if words else ""


def checked(acts: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Acts fit to be stored. Raises UnknownStatus for an act or a value outside the closed sets, NoName for no tag."""
    found = []
    for one in acts:
        act, value = str(one.get("act", "")), str(one.get("value", ""))[:_VALUE_CHARS]
        if act not in _ACTS:
            raise UnknownStatus
        _CHECKS[act](value)
        found.append({"act": act, "value": value})
    return found


def _address(customer: Customer) -> str:
    found = customer.addresses.order_by("pk").first()
    return found.email if found else ""


def _assign(conversation: Conversation, value: str, by: Account) -> None:
    if value == "me":
        assigning.assign(conversation, to=by, by=by)
    elif value == "nobody":
        assigning.assign(conversation, to=None, by=by)
    else:
        holder = people.accounts_visible_to(by).filter(pk=int(value)).first()
        if holder is None:
            raise UnknownStatus
        assigning.assign(conversation, to=holder, by=by)


def _move(conversation: Conversation, value: str, by: Account) -> None:
    team = people.teams_visible_to(by).filter(pk=int(value)).first()
    if team is None:
        raise UnknownStatus
    moving.move(conversation, team=team, by=by)


def _set_status(conversation: Conversation, value: str, by: Account) -> None:
    verbs = {"open": closing.reopen, "waiting": closing.wait, "closed": closing.close}
    verbs[value](conversation, by=by)


def _number(value: str, most: int = 2**63 - 1) -> None:
    if not (value.isascii() and value.isdecimal() and len(value) < 20 and 0 < int(value) <= most):
        raise UnknownStatus


def _one_of(*allowed: str) -> Callable[[str], None]:
    def check(value: str) -> None:
        if value not in allowed:
            raise UnknownStatus

    return check


def _holder(value: str) -> None:
    if value not in ("me", "nobody"):
        _number(value)


def _tag_name(value: str) -> None:
    if not tagging.folded_name(value):
        raise NoName


_ACTS: dict[str, Callable[[Conversation, str, Account], object]] = {
    "assign": _assign,
    "team": _move,
    "tag": lambda conversation, value, by: tagging.tag(conversation, name=value, by=by),
    "untag": lambda conversation, value, by: tagging.untag(conversation, name=value, by=by),
    "priority": lambda conversation, value, by: prioritising.set_priority(conversation, priority=int(value), by=by),
    "stage": lambda conversation, value, by: staging.set_stage(conversation, stage=value, by=by),
    "status": _set_status,
    "snooze": lambda conversation, value, by: snoozing.snooze(
        conversation, until=clock.now() + timedelta(days=int(value)), by=by
    ),
}
_CHECKS: dict[str, Callable[[str], None]] = {
    "assign": _holder,
    "team": _number,
    "tag": _tag_name,
    "untag": _tag_name,
    "priority": _one_of(*(str(one) for one in Conversation.Priority.values)),
    "stage": _one_of(*Conversation.Stage.values),
    "status": _one_of("open", "waiting", "closed"),
    "snooze": lambda value: _number(value, MOST_DAYS),
}
ACTS = tuple(_ACTS)
