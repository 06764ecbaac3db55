"""Who a customer is, as colleagues know it: name, language, time zone, how they like to be spoken to; the VIP mark."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.conf.locale import LANG_INFO
from django.db import transaction

from rapport.events import recording
from rapport.kit import text
from rapport.people.errors import NoName, UnknownChoice
from rapport.people.models import Account, Customer
from rapport.people.recognising import index

LINES = {"name": 160, "form_of_address": 80, "preferences": 300}
_NOTES_CHARS = 10_000
FIELDS = (*LINES, "language", "time_zone", "channel", "notes")


@transaction.atomic
def create(*, name: str, by: Account | None) -> Customer:
    """A customer who has not written yet. Raises NoName."""
    customer = Customer(name=text.clean_line(name, LINES["name"]))
    if not customer.name:
        raise NoName
    customer.save()
    recording.record("customer.created", subject=customer.pk, actor=by.pk if by else None)
    index(customer)
    return customer


@transaction.atomic
def change(customer: Customer, given: Mapping[str, str], *, by: Account | None) -> Customer:
    """Set some of FIELDS; the event says what was there before. Raises UnknownChoice."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name in given:
        value = checked(name, given[name])
        if value != getattr(customer, name):
            before[name], after[name] = getattr(customer, name), value
            setattr(customer, name, value)
    if after:
        customer.save(update_fields=list(after))
        index(customer)
        data = {"what": "profile", "before": _short(before), "after": _short(after)}
        recording.record("customer.changed", subject=customer.pk, actor=by.pk if by else None, data=data)
    return customer


@transaction.atomic
def set_vip(customer: Customer, *, vip: bool, by: Account | None) -> Customer:
    """Mark somebody who matters especially, or take the mark off."""
    if customer.vip != vip:
        customer.vip = vip
        customer.save(update_fields=["vip"])
        data = {"what": "vip", "to": vip}
        recording.record("customer.changed", subject=customer.pk, actor=by.pk if by else None, data=data)
    return customer


def checked(name: str, value: str) -> str:
    """One field's value as it is kept. Raises UnknownChoice for what no list knows."""
    if name in LINES:
        return text.clean_line(value, LINES[name])
    if name == "notes":
        return text.storable(value).strip()[:_NOTES_CHARS]
    value = value.strip()
    if not value:
        return ""
    known = {"language": LANG_INFO, "time_zone": _zones(), "channel": Customer.Channel.values}[name]
    if name == "language":
        value = value.lower().replace("_", "-")
        value = value if value in known else value.partition("-")[0]
    if value not in known:
        raise UnknownChoice(value)
    return value


@cache
def _zones() -> frozenset[str]:
    # Python opens every file of the time zone database to say which there are.
    return frozenset(available_timezones())


def _short(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value[:200] for name, value in values.items()}
