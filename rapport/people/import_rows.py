"""What one row of an imported file becomes. The same row again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from django.utils.dateparse import parse_datetime

from rapport.people import addressing, attributes, attributing, merging, ordering, organising, phoning, profiling
from rapport.people.attributes import Definition
from rapport.people.errors import NoReach, SeveralPeople, WrongValue
from rapport.people.import_targets import ATTRIBUTE
from rapport.people.listing import customer_family
from rapport.people.models import Account, Customer, CustomerAddress, CustomerPhone
from rapport.people.ordering import Bought
from rapport.people.recognising import known_at, living, recognise

_YES = frozenset({"1", "y", "yes", "true", "x", "ja", "oui", "si", "sí", "vip"})
_MOST_CENTS = 10**15


class Named:
    """The shape of a sender: an address and the name beside it."""

    def __init__(self, email: str, name: str) -> None:
        self.email, self.name = email, name


def put_customer(
    row: Mapping[str, str], *, by: Account | None, region: str, known: Mapping[str, Definition] | None = None
) -> str:
    """Enter or complete a customer: "created", "changed" or "unchanged". Empty cells leave things as they are.

    Found by any of its addresses, else by its number. `known`: the company's own attributes, as `attributing.set_values`
    takes them. Raises PeopleRefusal.
    """
    emails = [addressing.checked(one) for one in several(row.get("email", ""))]
    phones = [phoning.e164(one, region=region or None) for one in several(row.get("phone", ""))]
    found = _holder(emails, phones)
    name = row.get("name") or f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
    before = _picture(found) if found else None
    customer = found or (
        recognise(Named(emails[0], name), by_domain=not row.get("organisation"))
        if emails
        else profiling.create(name=name or phones[0], by=by)
    )
    for email in emails:
        addressing.add_address(customer, email=email, by=by)
    held = {one.number for one in CustomerPhone.objects.filter(customer_id__in=customer_family(customer))}
    for phone in phones:
        if phone not in held:
            addressing.add_phone(customer, number=phone, by=by)
    given = {key: row[key] for key in profiling.FIELDS if row.get(key)}
    profiling.change(customer, given | ({"name": name} if name else {}), by=by)
    if row.get("organisation"):
        organising.place_by_name(customer, name=row["organisation"], by=by)
    if row.get("vip"):
        profiling.set_vip(customer, vip=is_yes(row["vip"]), by=by)
    own = {key.removeprefix(ATTRIBUTE): value for key, value in row.items() if key.startswith(ATTRIBUTE) and value}
    if own:
        attributing.set_values(customer, own, by=by, known=known)
    if before is None:
        return "created"
    return "unchanged" if _picture(Customer.objects.get(pk=customer.pk)) == before else "changed"


def put_order(rows: Sequence[Mapping[str, str]], *, by: Account | None, region: str) -> str:
    """Enter an order, or bring it up to date. Several rows with one number are its items.

    A customer nobody knows yet is entered by the address. Raises PeopleRefusal.
    """
    row = rows[0]
    emails = [addressing.checked(one) for one in several(row.get("email", ""))]
    phones = [phoning.e164(one, region=region or None) for one in several(row.get("phone", ""))]
    customer = _holder(emails, phones) or (recognise(Named(emails[0], "")) if emails else None)
    if customer is None:
        raise NoReach
    items = [{"name": one["item"], "quantity": one.get("quantity", "")} for one in rows if one.get("item")]
    bought = Bought(
        number=row.get("number", ""),
        placed_at=_moment(row.get("date", "")),
        summary=row.get("summary", ""),
        status=row.get("status", ""),
        total_cents=_cents(row.get("total", "")),
        currency=row.get("currency", "") or "EUR",
        lines=items,
        link=row.get("link", ""),
    )
    return ordering.put(bought, customer=customer, by=by)


def _holder(emails: Sequence[str], phones: Sequence[str]) -> Customer | None:
    """Whose these are. Raises NoReach when there is neither, SeveralPeople when they are not one person's."""
    if not emails and not phones:
        raise NoReach
    found = {one.pk: one for one in map(known_at, emails) if one is not None}
    if not found:
        rows = CustomerPhone.objects.filter(number__in=phones).select_related("customer__canonical")
        found = {one.pk: one for one in (living(row.customer) for row in rows[:20])}
    if len(found) > 1:
        raise SeveralPeople
    return next(iter(found.values()), None)


def _picture(customer: Customer) -> object:
    ids = customer_family(customer)
    addresses = sorted(CustomerAddress.objects.filter(customer_id__in=ids).values_list("email", flat=True))
    phones = sorted(CustomerPhone.objects.filter(customer_id__in=ids).values_list("number", flat=True))
    return merging.values(customer), addresses, phones


def is_yes(cell: str) -> bool:
    """Whether a cell says yes, in any of a few languages."""
    return cell.strip().casefold() in _YES


def several(cell: str) -> list[str]:
    """Addresses or numbers in one cell, however they are parted."""
    for mark in (";", "|", "\n"):
        cell = cell.replace(mark, ",")
    return [one.strip() for one in cell.split(",") if one.strip()]


def _moment(written: str) -> datetime:
    """A day or a moment; without a zone it counts as UTC. Raises WrongValue."""
    line = written.strip()
    try:
        found = parse_datetime(line.replace(" UTC", "Z"))
    except ValueError:
        found = None
    if found is None:
        day = attributes.read_date(line.split(" ")[0])
        if day is None:
            raise WrongValue("date", line)
        found = datetime.fromisoformat(day)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _cents(written: str) -> int:
    """`1.234,50 €` as 123450. Raises WrongValue."""
    line = "".join(char for char in written if char in "0123456789.,-")
    if not line:
        if written.strip():
            raise WrongValue("total", written)
        return 0
    number = attributes.read_number(line)
    try:
        cents = int((Decimal(str(number)) * 100).to_integral_value())
    except InvalidOperation:
        raise WrongValue("total", written) from None
    if abs(cents) > _MOST_CENTS:
        raise WrongValue("total", written)
    return cents
