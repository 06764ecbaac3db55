"""Before two customers become one: what each has, what would differ, and who might be the same person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rapport.people import attributing, browsing, merging
from rapport.people.browsing import Entry
from rapport.people.listing import customer_family
from rapport.people.models import (
    Customer,
    CustomerAddress,
    CustomerMerge,
    CustomerNote,
    CustomerPhone,
    Order,
    Organisation,
)

_MOST_DOUBLES = 5
_LOOKED_AT = 50
_LABELS = {
    "name": noop("Name"),
    "organisation_id": noop("Organisation"),
    "form_of_address": noop("Form of address"),
    "language": noop("Language"),
    "time_zone": noop("Time zone"),
    "channel": noop("Prefers to be reached by"),
    "preferences": noop("Preferences"),
    "phone": noop("First phone number"),
    "notes": noop("About"),
    "vip": noop("VIP"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that not both have alike. `conflict`: both have something, so a person chooses."""

    name: str
    label: str
    leaving: str
    staying: str
    conflict: bool


@dataclass(frozen=True, slots=True)
class Belongings:
    """What comes along whole: addresses and numbers as text, and how many notes and orders."""

    addresses: list[str]
    phones: list[str]
    notes: int
    orders: int


def differences(leaving: Customer, staying: Customer) -> list[Difference]:
    """Field by field, those that are not alike; where only the leaving one has something, it is taken over."""
    theirs, own = merging.values(leaving), merging.values(staying)
    told = _Teller([leaving, staying])
    names = [*merging.FIELDS, *sorted(name for name in {*theirs, *own} if name.startswith(merging.ATTRIBUTE))]
    return [
        Difference(name, told.label(name), told.value(name, theirs.get(name)), told.value(name, own.get(name)),
                   conflict=bool(theirs.get(name) and own.get(name)))
        for name in names
        if theirs.get(name) != own.get(name) and (theirs.get(name) or own.get(name))
    ]  # fmt: skip


def belongings(customer: Customer) -> Belongings:
    """Of this customer and all merged into them."""
    ids = customer_family(customer)
    return Belongings(
        addresses=list(
            CustomerAddress.objects.filter(customer_id__in=ids).order_by("pk").values_list("email", flat=True)
        ),
        phones=list(CustomerPhone.objects.filter(customer_id__in=ids).order_by("pk").values_list("number", flat=True)),
        notes=CustomerNote.objects.filter(customer_id__in=ids).count(),
        orders=Order.objects.filter(customer_id__in=ids).count(),
    )


def doubles(customer: Customer) -> list[Entry]:
    """Who may be the same person: the same phone number, or the same name in the same organisation. A hint, no more."""
    # Two questions, each along its index: one with OR would read all customers.
    numbers = customer.phones.values("number")
    same_number = CustomerPhone.objects.filter(number__in=numbers).exclude(customer=customer)
    found = list(same_number.order_by("pk").values_list("customer_id", flat=True)[:_LOOKED_AT])
    if customer.name and customer.organisation_id is not None:
        alike = Customer.objects.filter(organisation_id=customer.organisation_id, name=customer.name)
        found += alike.exclude(pk=customer.pk).order_by("pk").values_list("pk", flat=True)[:_LOOKED_AT]
    alive = Customer.objects.filter(pk__in=found, canonical=None).exclude(pk=customer.pk)
    return browsing.entries(list(alive.order_by("pk").values_list("pk", flat=True)[:_MOST_DOUBLES]))


def merged_into(customer: Customer) -> Sequence[CustomerMerge]:
    """Merges into this customer that can be undone, newest first, with the merged row and who did it.

    Rows merged before merges were kept come as merges by nobody.
    """
    kept = CustomerMerge.objects.filter(into=customer, undone_at=None, merged__canonical=customer)
    rows = list(kept.select_related("merged", "by").order_by("-pk"))
    known = {row.merged_id for row in rows}
    older = customer.merged.exclude(pk__in=known).order_by("pk")
    return rows + [CustomerMerge(merged=one, into=customer, at=one.created_at) for one in older]


class _Teller:
    """Labels and values as people read them."""

    def __init__(self, customers: Sequence[Customer]) -> None:
        ids = [one.organisation_id for one in customers if one.organisation_id]
        self._organisations = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
        self._attributes = {one.key: one for one in attributing.definitions()}

    def label(self, name: str) -> str:
        key = name.removeprefix(merging.ATTRIBUTE)
        if key != name:
            return self._attributes[key].label if key in self._attributes else key
        return _(_LABELS[name])

    def value(self, name: str, value: Any) -> str:
        key = name.removeprefix(merging.ATTRIBUTE)
        if key != name and key in self._attributes:
            return self._attributes[key].shown(value)
        if not value:
            return ""
        if name == "organisation_id":
            return self._organisations.get(value, "")
        if name == "language":
            return str(LANG_INFO.get(value, {}).get("name_local", value))
        if name == "channel":
            return str(Customer.Channel(value).label)
        return _("Yes") if value is True else str(value)
