"""Two customer rows that are one person, made one, and made two again.

Both rows stay: a pointer moves, and the one who stays takes over what it lacked or what a person chose. What that
changed is kept beside the merge, so that undo gives it back, except where somebody changed it again since.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from rapport.events import recording
from rapport.kit import clock
from rapport.people import attributing
from rapport.people.errors import CannotMerge, NotMerged
from rapport.people.models import Account, Customer, CustomerMerge
from rapport.people.recognising import index, living

ATTRIBUTE = "attribute:"
FIELDS = (
    "name",
    "organisation_id",
    "form_of_address",
    "language",
    "time_zone",
    "channel",
    "preferences",
    "phone",
    "notes",
    "vip",
)


@transaction.atomic
def merge(customer: Customer, *, into: Customer, by: Account | None, taken: Collection[str] = frozenset()) -> Customer:
    """Let `into` stand for `customer` from now on; the living customer is returned.

    It takes over every field of `values` that it has nothing in, and those named in `taken` even so. Merged rows are
    followed to their ends on both sides. Raises CannotMerge when both ends are one row.
    """
    source, target = _lock(living(customer), living(into))
    if source.pk == target.pk or source.canonical_id is not None or target.canonical_id is not None:
        raise CannotMerge
    theirs, own = values(source), values(target)
    after = {name: value for name, value in theirs.items() if value and value != own.get(name)}
    after = {name: value for name, value in after.items() if name in taken or not own.get(name)}
    before = {name: own.get(name) for name in after}
    _put(target, after)
    source.canonical = target
    source.save(update_fields=["canonical"])
    if customer.pk == source.pk:
        customer.canonical = target
    CustomerMerge.objects.create(merged=source, into=target, before=before, after=after, by=by)
    data = {"into": target.pk, **({"before": before, "after": after} if after else {})}
    recording.record("customer.merged", subject=source.pk, actor=by.pk if by else None, data=data)
    return target


@transaction.atomic
def undo_merge(customer: Customer, *, by: Account | None) -> Customer:
    """Let `customer` stand for itself again, with whatever had been merged into it. Raises NotMerged.

    The other one gets back what it had before, but for fields that were changed since.
    """
    source = Customer.objects.select_for_update().get(pk=customer.pk)
    if source.canonical_id is None:
        raise NotMerged
    former = Customer.objects.select_for_update().get(pk=source.canonical_id)
    source.canonical = customer.canonical = None
    source.save(update_fields=["canonical"])
    rows = CustomerMerge.objects.filter(merged=source, into=former, undone_at=None).order_by("-pk")
    done = rows.first()
    if done is not None:
        now = values(former)
        _put(former, {name: done.before.get(name) for name, value in done.after.items() if now.get(name) == value})
        rows.update(undone_at=clock.now())
    recording.record("customer.unmerged", subject=source.pk, actor=by.pk if by else None, data={"from": former.pk})
    return source


def values(customer: Customer) -> dict[str, Any]:
    """Everything of which a customer has one: FIELDS, and the attributes as `attribute:key`."""
    own: dict[str, Any] = {name: getattr(customer, name) for name in FIELDS}
    return own | {ATTRIBUTE + key: value for key, value in customer.attributes.items()}


def _put(customer: Customer, given: dict[str, Any]) -> None:
    fields = {name: value for name, value in given.items() if not name.startswith(ATTRIBUTE)}
    for name, value in fields.items():
        setattr(customer, name, value)
    if fields:
        customer.save(update_fields=list(fields))
    told = {name.removeprefix(ATTRIBUTE): value for name, value in given.items() if name.startswith(ATTRIBUTE)}
    if told:
        attributing.restore_values(customer, told)
    if given:
        index(customer)


def _lock(first: Customer, second: Customer) -> tuple[Customer, Customer]:
    """Both rows, fresh and locked in the order of their ids, so that two opposite merges cannot make a ring."""
    rows = Customer.objects.select_for_update().order_by("pk").in_bulk([first.pk, second.pk])
    return rows[first.pk], rows[second.pk]
