"""Lists of customers: the newest first, or those that words, numbers and orders lead to. Read by key, never counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from rapport.people import phoning
from rapport.people.models import Account, Customer, CustomerAddress, Order
from rapport.people.rights import Right
from rapport.rows.asking import Question
from rapport.search import finding

PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One customer in a list. `email`: the address to write to first, or empty."""

    pk: int
    name: str
    email: str
    phone: str
    organisation: str
    organisation_id: int | None
    vip: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first, and the id below which the next page begins (None: this was the last)."""

    entries: list[Entry]
    before: int | None


def page(account: Account, *, before: int | None = None, organisation: int | None = None) -> Page:
    """Living customers, newest first; of one organisation if it is named. Two statements."""
    if not account.may(Right.READ_MESSAGES):
        return Page([], None)
    below = before or 2**62
    if organisation is None:
        ids = [pk for (pk,) in _newest.ask(below)]
    else:
        ids = [pk for (pk,) in _of_organisation.ask(organisation, below)]
    return Page(_entries(ids[:PAGE]), ids[PAGE - 1] if len(ids) > PAGE else None)


def search(account: Account, *, words: str, before: int | None = None) -> Page:
    """Customers by name, address, number, organisation, or the number of an order. Merged rows lead to the living."""
    if not account.may(Right.READ_MESSAGES) or not words.strip():
        return Page([], None)
    ordered = [] if before else _by_order(words.strip())
    found = finding.customer_ids(phoning.as_searched(words), before=before, limit=PAGE + 1)
    ids = _living([*ordered, *found[:PAGE]])
    return Page(_entries(ids), found[PAGE - 1] if len(found) > PAGE else None)


def entries(ids: Sequence[int]) -> list[Entry]:
    """These customers, in this order; those that are no more are left out."""
    return _entries(ids)


def _by_order(number: str) -> list[int]:
    spelled = {number, number.upper(), number.removeprefix("#")}
    return list(Order.objects.filter(number__in=spelled).values_list("customer_id", flat=True))


def _living(ids: Sequence[int]) -> list[int]:
    """Each at the end of its merges, once, in the order given."""
    wanted = list(dict.fromkeys(ids))
    while wanted:
        ends = dict(Customer.objects.filter(pk__in=wanted, canonical__isnull=False).values_list("pk", "canonical_id"))
        if not ends:
            break
        wanted = list(dict.fromkeys(ends.get(pk, pk) for pk in wanted))
    return wanted


def _entries(ids: Sequence[int]) -> list[Entry]:
    if not ids:
        return []
    firsts = CustomerAddress.objects.filter(customer_id__in=ids).order_by("primary", "-pk")
    emails = dict(firsts.values_list("customer_id", "email"))
    rows = Customer.objects.filter(pk__in=ids).values_list(
        "pk", "name", "phone", "organisation__name", "organisation_id", "vip", "created_at"
    )
    made = {row[0]: _entry(row, emails.get(row[0], "")) for row in rows}
    return [made[pk] for pk in ids if pk in made]


def _entry(row: tuple[Any, ...], email: str) -> Entry:
    pk, name, phone, organisation, organisation_id, vip, since = row
    return Entry(pk, name or email or f"#{pk}", email, phone, organisation or "", organisation_id, vip, since)


def _newest_living(below: int) -> QuerySet[Any, Any]:
    return Customer.objects.filter(canonical__isnull=True, pk__lt=below).order_by("-pk").values_list("pk")[: PAGE + 1]


def _newest_of(organisation: int, below: int) -> QuerySet[Any, Any]:
    of_it = Customer.objects.filter(organisation_id=organisation, canonical__isnull=True, pk__lt=below)
    return of_it.order_by("-pk").values_list("pk")[: PAGE + 1]


_newest = Question(_newest_living)
_of_organisation = Question(_newest_of)
