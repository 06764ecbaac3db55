"""Organisations: their names, their domains, and the customers that belong to them."""

from __future__ import annotations

from django.db import transaction

from rapport.events import recording
from rapport.kit import text
from rapport.people.addressing import checked
from rapport.people.errors import DomainTaken, NoName, PublicMailDomain
from rapport.people.models import Account, Customer, Organisation, OrganisationDomain
from rapport.people.public_domains import is_public
from rapport.people.recognising import index


@transaction.atomic
def rename(organisation: Organisation, *, name: str, by: Account | None) -> Organisation:
    """Give the organisation another name (at most 160 characters are kept). Raises NoName."""
    line = text.clean_line(name, 160)
    if not line:
        raise NoName
    organisation.name = line
    organisation.save(update_fields=["name"])
    recording.record("organisation.changed", subject=organisation.pk, actor=_id(by), data={"what": "name"})
    return organisation


@transaction.atomic
def add_domain(organisation: Organisation, *, domain: str, by: Account | None) -> OrganisationDomain:
    """Let mail from `domain` belong to the organisation from now on.

    Raises NoSuchAddress (no domain), PublicMailDomain, DomainTaken.
    """
    name = domain.strip().lstrip("@").rstrip(".").lower()
    checked(f"any@{name}")
    if is_public(name):
        raise PublicMailDomain
    row, _ = OrganisationDomain.objects.get_or_create(domain=name, defaults={"organisation": organisation})
    if row.organisation_id != organisation.pk:
        raise DomainTaken
    recording.record("organisation.changed", subject=organisation.pk, actor=_id(by), data={"what": "domains"})
    return row


@transaction.atomic
def remove_domain(row: OrganisationDomain, *, by: Account | None) -> None:
    """Let the domain belong to nobody; customers stay where they are."""
    organisation_id = row.organisation_id
    row.delete()
    recording.record("organisation.changed", subject=organisation_id, actor=_id(by), data={"what": "domains"})


@transaction.atomic
def change_notes(organisation: Organisation, *, notes: str, by: Account | None) -> Organisation:
    """What colleagues should know of the organisation."""
    organisation.notes = text.storable(notes).strip()[:_NOTES_CHARS]
    organisation.save(update_fields=["notes"])
    recording.record("organisation.changed", subject=organisation.pk, actor=_id(by), data={"what": "notes"})
    return organisation


@transaction.atomic
def place_by_name(customer: Customer, *, name: str, by: Account | None) -> Customer:
    """The same by the organisation's name: one that is known, else a new one; an empty name means none."""
    line = text.clean_line(name, 160)
    found = Organisation.objects.filter(name=line).order_by("pk").first() if line else None
    if line and found is None:
        found = Organisation.objects.create(name=line)
        recording.record("organisation.created", subject=found.pk, actor=_id(by), data={"name": line})
    if customer.organisation_id == (found.pk if found else None):
        return customer
    return place(customer, organisation=found, by=by)


@transaction.atomic
def place(customer: Customer, *, organisation: Organisation | None, by: Account | None) -> Customer:
    """Say which organisation the customer belongs to, or none."""
    customer.organisation = organisation
    customer.save(update_fields=["organisation"])
    index(customer)
    data = {"what": "organisation", "to": organisation.pk if organisation else None}
    recording.record("customer.changed", subject=customer.pk, actor=_id(by), data=data)
    return customer


_NOTES_CHARS = 10_000


def _id(by: Account | None) -> int | None:
    return by.pk if by else None
