"""Who is this? An address seen in a message becomes a customer, an organisation or an account."""

from __future__ import annotations

import hashlib
from typing import Protocol

from django.db import transaction

from rapport.events import recording
from rapport.kit import text
from rapport.people import phoning
from rapport.people.models import Account, Customer, CustomerAddress, Organisation, OrganisationDomain
from rapport.people.public_domains import is_public
from rapport.rows import making, reading, writing
from rapport.search import indexing

EMAIL_CHARS = 254
NAME_CHARS = 160
DOMAIN_CHARS = 253

_addresses = reading.Kept(lambda: CustomerAddress.objects.filter(email="").select_related("customer__canonical"))
_domains = reading.Kept(lambda: OrganisationDomain.objects.filter(domain="").select_related("organisation"))


class Mailbox(Protocol):
    """The shape of channels.contract.Address: one mail address and the name beside it, maybe empty."""

    @property
    def email(self) -> str: ...

    @property
    def name(self) -> str: ...


def recognise(address: Mailbox, *, by_domain: bool = True) -> Customer:
    """The living customer this address belongs to; made now if nobody has it, with its organisation by domain unless
    another one is known (`by_domain` off).

    One query for a known address. The name of a message is taken over only where none is known yet. Two processes
    that meet a new address at once get the same customer.
    """
    email = address_key(address.email)
    known = known_at(email) or _create(email, text.clean_line(address.name, NAME_CHARS), by_domain=by_domain)
    if not known.name and address.name:
        _learn_name(known, text.clean_line(address.name, NAME_CHARS))
    return known


def account_for(email: str) -> Account | None:
    """The active account that signs in with this address; none for former members."""
    return Account.objects.filter(email=address_key(email), is_active=True).first()


def living(customer: Customer) -> Customer:
    """The customer that stands for this one: itself, or at the end of its merges."""
    while customer.canonical is not None:
        customer = customer.canonical
    return customer


def address_key(email: str) -> str:
    """The form in which addresses are compared and kept: lower case, one line, at most 254 characters.

    Longer ones (only forgers write them) keep their beginning and get a digest, so that two never fall together.
    """
    line = text.storable(email).strip().lower()
    if len(line) <= EMAIL_CHARS:
        return line
    digest = hashlib.sha256(line.encode()).hexdigest()[:32]
    return f"{line[: EMAIL_CHARS - 33]}~{digest}"


def domain_of(email: str) -> str:
    """The part behind the last @, lower case, or empty."""
    domain = email.rpartition("@")[2].strip().rstrip(".").lower() if "@" in email else ""
    return domain if "." in domain and len(domain) <= DOMAIN_CHARS else ""


def organisation_for(email: str) -> Organisation | None:
    """The organisation of the address's domain, made now if need be and named by it; none at public providers."""
    domain = domain_of(email)
    if not domain or is_public(domain):
        return None
    row = _domains.first(domain)
    if row is not None:
        return row.organisation
    with transaction.atomic(savepoint=False):
        organisation = Organisation(name=domain[:160])
        writing.insert(organisation)
        if writing.insert_if_new(making.new(OrganisationDomain, organisation_id=organisation.pk, domain=domain)):
            return organisation
        organisation.delete()  # another process met the same domain at the same time
        return OrganisationDomain.objects.select_related("organisation").get(domain=domain).organisation


def index(customer: Customer) -> None:
    """Make the customer findable by its present name, addresses, organisation and numbers."""
    numbers = customer.phones.values_list("number", flat=True)
    _index(customer, *customer.addresses.values_list("email", flat=True), *map(phoning.words, numbers))


def known_at(email: str) -> Customer | None:
    """The living customer with this address (in the form of `address_key`); None when nobody has it yet."""
    row = _addresses.first(email)
    return living(row.customer) if row else None


def _create(email: str, name: str, *, by_domain: bool) -> Customer:
    with transaction.atomic(savepoint=False):
        customer = Customer(name=name, organisation=organisation_for(email) if by_domain else None)
        writing.insert(customer)
        if not writing.insert_if_new(making.new(CustomerAddress, customer_id=customer.pk, email=email)):
            customer.delete()  # another process met the same address at the same time
            return living(CustomerAddress.objects.select_related("customer").get(email=email).customer)
        recording.record("customer.created", subject=customer.pk)
        _index(customer, email)
        return customer


def _index(customer: Customer, *words: str) -> None:
    organisation = customer.organisation.name if customer.organisation else ""
    indexing.put_customer(customer.pk, customer.name, *words, organisation)


def _learn_name(customer: Customer, name: str) -> None:
    customer.name = name
    customer.save(update_fields=["name"])
    index(customer)
