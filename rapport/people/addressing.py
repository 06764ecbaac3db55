"""How a customer is reached: mail addresses and phone numbers, several of each, one of them first."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from rapport.events import recording
from rapport.people import phoning
from rapport.people.errors import AddressTaken, NoSuchAddress
from rapport.people.listing import customer_family
from rapport.people.models import Account, Customer, CustomerAddress, CustomerPhone
from rapport.people.recognising import EMAIL_CHARS, address_key, index, known_at, living


@transaction.atomic
def add_address(customer: Customer, *, email: str, by: Account | None) -> CustomerAddress:
    """Mail from this address is the customer's from now on. Raises NoSuchAddress, AddressTaken."""
    key = checked(email)
    row, is_new = CustomerAddress.objects.get_or_create(email=key, defaults={"customer": customer})
    if not is_new:
        holder = living(row.customer)
        if holder.pk != living(customer).pk:
            raise AddressTaken(holder.pk)
        return row
    _changed(customer, "addresses", added=key, by=by)
    return row


@transaction.atomic
def remove_address(row: CustomerAddress, *, by: Account | None) -> None:
    """The address belongs to nobody any more; who writes from it next is a new customer. What was written stays."""
    email, customer = row.email, living(row.customer)
    row.delete()
    _changed(customer, "addresses", removed=email, by=by)


@transaction.atomic
def make_primary(row: CustomerAddress, *, by: Account | None) -> None:
    """Write to this address first."""
    customer = living(row.customer)
    CustomerAddress.objects.filter(customer_id__in=customer_family(customer), primary=True).update(primary=False)
    CustomerAddress.objects.filter(pk=row.pk).update(primary=True)
    _changed(customer, "addresses", first=row.email, by=by)


@transaction.atomic
def add_phone(customer: Customer, *, number: str, by: Account | None, region: str | None = None) -> CustomerPhone:
    """The customer can be called at this number. `region` as in phoning.e164. Raises NoSuchNumber."""
    e164 = phoning.e164(number, region=region)
    row, is_new = CustomerPhone.objects.get_or_create(customer=customer, number=e164)
    if is_new:
        if not customer.phone:
            _set_first(customer, e164)
        _changed(customer, "phones", added=e164, by=by)
    return row


@transaction.atomic
def remove_phone(row: CustomerPhone, *, by: Account | None) -> None:
    """The number is not the customer's any more. If it was the first, the next one is."""
    customer, number = row.customer, row.number
    row.delete()
    if customer.phone == number:
        following = customer.phones.order_by("pk").first()
        _set_first(customer, following.number if following else "")
    _changed(living(customer), "phones", removed=number, by=by)


@transaction.atomic
def make_primary_phone(row: CustomerPhone, *, by: Account | None) -> None:
    """Call this number first."""
    customer = living(row.customer)
    _set_first(customer, row.number)
    _changed(customer, "phones", first=row.number, by=by)


def checked(email: str) -> str:
    """The address as it is kept. Raises NoSuchAddress for what is no mail address."""
    key = address_key(email)
    try:
        if len(email.strip()) > EMAIL_CHARS:
            raise NoSuchAddress
        validate_email(key)
    except ValidationError:
        raise NoSuchAddress from None
    return key


def holder_of(email: str) -> Customer | None:
    """The living customer who has this address."""
    return known_at(address_key(email))


def _set_first(customer: Customer, number: str) -> None:
    customer.phone = number
    customer.save(update_fields=["phone"])


def _changed(customer: Customer, what: str, *, by: Account | None, **facts: str) -> None:
    index(customer)
    recording.record("customer.changed", subject=customer.pk, actor=by.pk if by else None, data={"what": what, **facts})
