"""What the panel beside a conversation tells of a customer, read by few statements however much there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Coalesce

from rapport.people import blocking
from rapport.people.attributes import Definition
from rapport.people.models import Attribute, Card, CustomerAddress, CustomerNote, CustomerPhone
from rapport.rows.asking import Question

MOST_NOTES = 5


@dataclass(frozen=True, slots=True)
class Number:
    """A phone number by its row."""

    pk: int
    number: str


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `author` is empty where nobody is named."""

    pk: int
    text: str
    author: str
    at: datetime


@dataclass(slots=True)
class Portrait:
    """`primary`: the address to write to first, or empty. `blocked`: what of the blocklist stops an address of theirs.

    `attributes` are the definitions that the panel shows, `cards` the number and name of each that may be asked.
    """

    phones: list[Number] = field(default_factory=list)
    primary: str = ""
    notes: list[Note] = field(default_factory=list)
    attributes: list[Definition] = field(default_factory=list)
    cards: list[tuple[int, str]] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)

    def shown(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Label and value of the attributes that have one."""
        told = ((one.label, one.shown(values.get(one.key))) for one in self.attributes)
        return [(label, value) for label, value in told if value]


def read(customers: Sequence[int], addresses: Sequence[str], *, most_notes: int = MOST_NOTES) -> Portrait:
    """Of a customer, the living row first, then all merged into it, with their addresses. Two statements."""
    portrait = Portrait(blocked=blocking.among(addresses))
    order: dict[int, int] = {}
    for kind, pk, one, two, at, three, number in _parts.ask(customers, shape=most_notes):
        if kind == "phone":
            portrait.phones.append(Number(pk, one))
        elif kind == "primary":
            # Two that were merged may have one each: that of the living row counts.
            portrait.primary = one if number == customers[0] or not portrait.primary else portrait.primary
        elif kind == "note":
            portrait.notes.append(Note(pk, one, two or "", at))
        elif kind == "attribute":
            order[pk] = number
            portrait.attributes.append(Definition(pk, one, two, three))
        else:
            order[-pk] = number
            portrait.cards.append((pk, one))
    portrait.phones.sort(key=lambda row: row.pk)
    portrait.notes.sort(key=lambda row: row.pk, reverse=True)
    portrait.attributes.sort(key=lambda row: (order[row.pk], row.pk))
    portrait.cards.sort(key=lambda row: (order[-row[0]], row[0]))
    return portrait


def expect(customers: Sequence[int], addresses: Sequence[str], *, most_notes: int = MOST_NOTES) -> None:
    """Bring along what `read` asks."""
    blocking.expect_among(addresses)
    _parts.expect(customers, shape=most_notes)


_NOTHING = Value("")
_ZERO = Value(0)
_NEVER = Value(None, output_field=DateTimeField())


def _all_parts(most_notes: int, customers: Sequence[int]) -> QuerySet[Any, Any]:
    """Rows of (kind, id, one, two, at, three, number)."""
    # Sorted by an expression, or PostgreSQL goes from the newest note of all towards the oldest, looking for theirs.
    theirs = CustomerNote.objects.filter(customer_id__in=customers)
    newest = theirs.order_by(Coalesce("pk", "pk").desc()).values("pk")[:most_notes]
    notes = CustomerNote.objects.filter(pk__in=newest)
    phones = CustomerPhone.objects.filter(customer_id__in=customers)
    first = CustomerAddress.objects.filter(customer_id__in=customers, primary=True)
    attributes = Attribute.objects.filter(shown=True, archived_at__isnull=True)
    cards = Card.objects.filter(active=True)
    return notes.values_list(Value("note"), "pk", "text", "author__name", "created_at", _NOTHING, _ZERO).union(
        phones.values_list(Value("phone"), "pk", "number", _NOTHING, _NEVER, _NOTHING, _ZERO),
        first.values_list(Value("primary"), "pk", "email", _NOTHING, _NEVER, _NOTHING, "customer_id"),
        attributes.values_list(Value("attribute"), "pk", "key", "label", _NEVER, "kind", "position"),
        cards.values_list(Value("card"), "pk", "name", _NOTHING, _NEVER, _NOTHING, "position"),
        all=True,
    )


_parts = Question(_all_parts)
