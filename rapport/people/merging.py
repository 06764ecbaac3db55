"""Two customer rows that are one person, made one, and made two again. Both rows stay: only a pointer moves."""

from __future__ import annotations

from django.db import transaction

from rapport.events import recording
from rapport.people.errors import CannotMerge, NotMerged
from rapport.people.models import Account, Customer
from rapport.people.recognising import living


@transaction.atomic
def merge(customer: Customer, *, into: Customer, by: Account | None) -> Customer:
    """Let `into` stand for `customer` from now on; the living customer is returned.

    Merged rows are followed to their ends on both sides. Raises CannotMerge when both ends are one row.
    """
    source, target = _lock(living(customer), living(into))
    if source.pk == target.pk or source.canonical_id is not None or target.canonical_id is not None:
        raise CannotMerge
    source.canonical = target
    source.save(update_fields=["canonical"])
    if customer.pk == source.pk:
        customer.canonical = target
    recording.record("customer.merged", subject=source.pk, actor=by.pk if by else None, data={"into": target.pk})
    return target


@transaction.atomic
def undo_merge(customer: Customer, *, by: Account | None) -> Customer:
    """Let `customer` stand for itself again, with whatever had been merged into it. Raises NotMerged."""
    source = Customer.objects.select_for_update().get(pk=customer.pk)
    if source.canonical_id is None:
        raise NotMerged
    former = source.canonical_id
    source.canonical = customer.canonical = None
    source.save(update_fields=["canonical"])
    recording.record("customer.unmerged", subject=source.pk, actor=by.pk if by else None, data={"from": former})
    return source


def _lock(first: Customer, second: Customer) -> tuple[Customer, Customer]:
    """Both rows, fresh and locked in the order of their ids, so that two opposite merges cannot make a ring."""
    rows = Customer.objects.select_for_update().order_by("pk").in_bulk([first.pk, second.pk])
    return rows[first.pk], rows[second.pk]
