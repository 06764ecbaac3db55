"""The demo company's customers: who they are, what they bought, and what colleagues know of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from rapport.channels.contract import Address
from rapport.people import addressing, attributing, ordering, organising, profiling, recognising, remarking
from rapport.people.attributing import Described
from rapport.people.models import Account, Customer, Organisation
from rapport.people.ordering import Bought

_SHOP = "https://shop.rosewood.example/orders/"


@transaction.atomic
def meet_customers(company: Mapping[str, Any], now: datetime) -> None:
    """Organisations first, so that their people are recognised by domain; then customers and their orders."""
    for row in company["organisations"]:
        organisation = Organisation.objects.create(name=row["name"], notes=row["notes"])
        organising.add_domain(organisation, domain=row["domain"], by=None)
    for row in company["attributes"]:
        attributing.define(Described(row["label"], row["kind"], row.get("choices", ())), by=None)
    for row in company["customers"]:
        customer = recognising.recognise(Address(row["email"], row["name"]))
        _describe(customer, row)
        for number, summary, status, cents, days in row["orders"]:
            lines = [{"quantity": count, "name": name} for count, name in row.get("items", {}).get(number, [])]
            placed_at = now - timedelta(days=days)
            bought = Bought(number, placed_at, summary, status, cents, "GBP", lines, f"{_SHOP}{number}")
            ordering.put(bought, customer=customer, by=None)


def _describe(customer: Customer, row: Mapping[str, Any]) -> None:
    profiling.change(customer, {**row.get("profile", {}), "notes": row.get("notes", "")}, by=None)
    profiling.set_vip(customer, vip=row.get("vip", False), by=None)
    for number in row.get("phones", []):
        addressing.add_phone(customer, number=number, by=None)
    attributing.set_values(customer, row.get("facts", {}), by=None)
    for key, words in row.get("remarks", []):
        author = Account.objects.filter(email__startswith=f"{key}@").first()
        remarking.remark(customer, words=words, by=author)
