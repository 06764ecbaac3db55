"""The company's own facts about customers: defined once, then given values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max

from rapport.events import auditing, recording
from rapport.kit import clock, text
from rapport.people import attributes, installing
from rapport.people.attributes import Definition
from rapport.people.errors import KeyTaken, NoChoices, NoName
from rapport.people.models import Account, Attribute, AttributeValue, Customer

MOST = 60
MOST_CHOICES = 100
_KEY_CHARS = 40
_LABEL_CHARS = 80
_TOLD = ("key", "label", "kind", "choices", "shown")
_NOT_IN_A_KEY = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Described:
    """What a person says of an attribute. `choices` matter for the kind choice only."""

    label: str
    kind: str = Attribute.Kind.TEXT
    choices: Sequence[str] = field(default_factory=tuple)
    shown: bool = True


@transaction.atomic
def define(described: Described, *, by: Account | None, key: str = "") -> Attribute:
    """A new attribute, last in its order; without a key, one is made of the label.

    Raises NoName, NoChoices, KeyTaken (also when there are MOST already).
    """
    label = text.clean_line(described.label, _LABEL_CHARS)
    made = key_of(key or label)
    if not label or not made:
        raise NoName
    if Attribute.objects.filter(key=made).exists() or Attribute.objects.count() >= MOST:
        raise KeyTaken
    last = Attribute.objects.aggregate(last=Max("position"))["last"]
    row = Attribute(key=made, kind=Attribute.Kind(described.kind), position=(last or 0) + 1)
    _store(row, described)
    _record(row, "defined", by=by)
    return row


@transaction.atomic
def redefine(row: Attribute, described: Described, *, by: Account | None) -> Attribute:
    """Another label, other choices, shown or not; key and kind stay, because values depend on them.

    Raises NoName, NoChoices.
    """
    before = auditing.state(row, *_TOLD)
    _store(row, described)
    _record(row, "changed", by=by, before=before)
    return row


@transaction.atomic
def move(row: Attribute, *, earlier: bool, by: Account | None) -> None:
    """One place up or down in the panel."""
    rows = list(Attribute.objects.filter(archived_at=None).order_by("position", "pk"))
    at = next((place for place, one in enumerate(rows) if one.pk == row.pk), None)
    other = None if at is None else at - 1 if earlier else at + 1
    if at is None or other is None or not 0 <= other < len(rows):
        return
    rows[at], rows[other] = rows[other], rows[at]
    for place, one in enumerate(rows, start=1):
        Attribute.objects.filter(pk=one.pk).exclude(position=place).update(position=place)
    _record(row, "moved", by=by)


@transaction.atomic
def set_archived(row: Attribute, *, archived: bool, by: Account | None) -> None:
    """Out of the panel and every form, or back; values are kept."""
    row.archived_at = clock.now() if archived else None
    row.save(update_fields=["archived_at"])
    _record(row, "archived" if archived else "restored", by=by)


def definitions(*, only_shown: bool = False) -> list[Definition]:
    """All that are in use, in the order of the panel."""
    rows = Attribute.objects.filter(archived_at=None, **({"shown": True} if only_shown else {}))
    return [_definition(row) for row in rows.order_by("position", "pk")]


def every_definition() -> list[tuple[Definition, bool]]:
    """Those out of use too; each with whether it is in use."""
    return [(_definition(row), row.archived_at is None) for row in Attribute.objects.order_by("position", "pk")]


@transaction.atomic
def set_values(
    customer: Customer, given: Mapping[str, str], *, by: Account | None, known: Mapping[str, Definition] | None = None
) -> bool:
    """Give a customer values by key; an empty one takes it away. Whether anything changed. Raises WrongValue.

    Keys that no attribute has are left out: who offers them checks first. `known`: those in use by their keys, where
    somebody read them before.
    """
    known = {one.key: one for one in definitions()} if known is None else known
    read = {key: known[key].read(value) for key, value in given.items() if key in known}
    return put_values(customer, read, by=by, known=known)


def put_values(
    customer: Customer, read: Mapping[str, Any], *, by: Account | None, known: Mapping[str, Definition]
) -> bool:
    """The same with values that Definition.read made; within a transaction."""
    before = {key: customer.attributes.get(key) for key in read}
    changed = {key: value for key, value in read.items() if value != before[key]}
    if not changed:
        return False
    customer.attributes = {key: value for key, value in {**customer.attributes, **changed}.items() if value is not None}
    customer.save(update_fields=["attributes"])
    for key, value in changed.items():
        _put_value(customer, known[key].pk, value)
    data = {"what": "attributes", "before": {key: before[key] for key in changed}, "after": changed}
    recording.record("customer.changed", subject=customer.pk, actor=by.pk if by else None, data=data)
    return True


def restore_values(customer: Customer, told: Mapping[str, Any]) -> None:
    """Set kept values as they are, archived attributes too; None takes one away. Within a transaction; no event."""
    rows = dict(Attribute.objects.filter(key__in=told).values_list("key", "pk"))
    merged = {**customer.attributes, **{key: told[key] for key in told if key in rows}}
    customer.attributes = {key: value for key, value in merged.items() if value is not None}
    customer.save(update_fields=["attributes"])
    for key, pk in rows.items():
        _put_value(customer, pk, told[key])


def key_of(label: str) -> str:
    """`Customer number` as `customer_number`."""
    return _NOT_IN_A_KEY.sub("_", text.fold(label)).strip("_")[:_KEY_CHARS]


def _put_value(customer: Customer, attribute: int, value: Any) -> None:
    if value is None:
        AttributeValue.objects.filter(customer=customer, attribute_id=attribute).delete()
        return
    found = {"folded": attributes.folded(value), "number": attributes.number(value)}
    AttributeValue.objects.update_or_create(customer=customer, attribute_id=attribute, defaults=found)


def _store(row: Attribute, described: Described) -> None:
    row.label = text.clean_line(described.label, _LABEL_CHARS)
    if not row.label:
        raise NoName
    lines = (text.clean_line(choice, attributes.MOST_CHARS) for choice in described.choices)
    row.choices = list(dict.fromkeys(line for line in lines if line))[:MOST_CHOICES]
    if row.kind == Attribute.Kind.CHOICE and not row.choices:
        raise NoChoices
    row.shown = described.shown
    row.save()


def _definition(row: Attribute) -> Definition:
    return Definition(row.pk, row.key, row.label, row.kind, tuple(row.choices))


def _record(row: Attribute, kind: str, *, by: Account | None, before: Mapping[str, Any] | None = None) -> None:
    installing.reshape()
    after = auditing.state(row, *_TOLD) if before is None else None
    auditing.changed(f"attribute.{kind}", row, by=by, before=before, after=after)
