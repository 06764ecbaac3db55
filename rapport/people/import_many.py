"""Many imported customers at once: what one row becomes by `import_rows`, in a few statements for all of them.

Rows are read without the database, everything they touch is read in one go, what they change is worked out here, and
written in one go. A row that needs more thought (somebody merged, or whom an earlier row of the same batch is about too)
goes the way of single rows, after the others; so does every row when somebody else entered one of these people at
the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from rapport.events import recording
from rapport.kit import text
from rapport.people import addressing, attributes, import_rows, installing, phoning, profiling
from rapport.people.attributes import Definition
from rapport.people.errors import NoReach, PeopleRefusal, SeveralPeople
from rapport.people.import_targets import ATTRIBUTE
from rapport.people.models import (
    Account,
    AttributeValue,
    Customer,
    CustomerAddress,
    CustomerPhone,
    Organisation,
    OrganisationDomain,
)
from rapport.people.public_domains import is_public
from rapport.people.recognising import domain_of
from rapport.rows import writing
from rapport.search import indexing

Row = Mapping[str, str]
Outcome = str | PeopleRefusal
_NAME_CHARS = 160
_COLUMNS = (*profiling.FIELDS, "phone", "vip", "attributes", "organisation")


@dataclass(slots=True)
class _Asked:
    """What a row says, checked and as it is kept. None or empty: it says nothing of that."""

    at: int
    emails: list[str]
    phones: list[str]
    profile: dict[str, str]
    organisation: str
    vip: bool | None
    attributes: dict[str, Any]


@dataclass(slots=True)
class _Held:
    """A customer as the batch leaves it; `told`: the events of what changed, `columns`: of the customer's own row."""

    customer: Customer
    asked: _Asked
    is_new: bool
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    new_emails: list[str] = field(default_factory=list)
    new_phones: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    organisation: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    words_differ: bool = False

    @property
    def outcome(self) -> str:
        """What the row made of the customer."""
        return "created" if self.is_new else "changed" if self.told else "unchanged"


@dataclass(slots=True)
class _Known:
    """What is in the database of everything that the rows name."""

    by_email: dict[str, Customer]
    by_phone: dict[str, list[Customer]]
    merged: set[int]
    emails: dict[int, list[str]]
    phones: dict[int, list[str]]


def put_customers(
    rows: Sequence[Row], *, by: Account | None, region: str, known: Mapping[str, Definition]
) -> list[Outcome]:
    """For each row "created", "changed", "unchanged" or why it was refused. Within a transaction.

    `region` and `known` as in `import_rows.put_customer`, whose rules these are.
    """
    region = region or installing.current().phone_region
    outcomes: dict[int, Outcome] = {}
    asked: list[_Asked] = []
    for at, row in enumerate(rows):
        try:
            asked.append(_read(at, row, region, known))
        except PeopleRefusal as refusal:
            outcomes[at] = refusal
    first, later = _parted(asked)
    try:
        with transaction.atomic():
            done, left = _put_together(first, outcomes, by, known)
    except IntegrityError:  # somebody else entered one of them meanwhile: then one after the other
        done, left = {}, [one.at for one in first if one.at not in outcomes]
    outcomes |= done
    for at in sorted({*left, *later}):
        outcomes[at] = put_alone(rows[at], by=by, region=region, known=known)
    return [outcomes[at] for at in range(len(rows))]


def put_alone(row: Row, *, by: Account | None, region: str, known: Mapping[str, Definition]) -> Outcome:
    """One row by itself; a refusal undoes what it had begun."""
    try:
        with transaction.atomic():
            return import_rows.put_customer(row, by=by, region=region, known=known)
    except PeopleRefusal as refusal:
        return refusal


def _read(at: int, row: Row, region: str, known: Mapping[str, Definition]) -> _Asked:
    emails = [addressing.checked(one) for one in import_rows.several(row.get("email", ""))]
    phones = [phoning.e164(one, region=region) for one in import_rows.several(row.get("phone", ""))]
    if not emails and not phones:
        raise NoReach
    name = row.get("name") or f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
    given = {key: row[key] for key in profiling.FIELDS if row.get(key)} | ({"name": name} if name else {})
    own = {key.removeprefix(ATTRIBUTE): value for key, value in row.items() if key.startswith(ATTRIBUTE) and value}
    return _Asked(
        at=at,
        emails=list(dict.fromkeys(emails)),
        phones=list(dict.fromkeys(phones)),
        profile={key: profiling.checked(key, value) for key, value in given.items()},
        organisation=text.clean_line(row.get("organisation", ""), _NAME_CHARS),
        vip=import_rows.is_yes(row["vip"]) if row.get("vip") else None,
        attributes={key: known[key].read(value) for key, value in own.items() if key in known},
    )


def _parted(asked: Sequence[_Asked]) -> tuple[list[_Asked], list[int]]:
    """Those that share no address and no number with an earlier one; and the others, by their places."""
    seen: set[str] = set()
    first: list[_Asked] = []
    later: list[int] = []
    for one in asked:
        reach = {*one.emails, *one.phones}
        if reach & seen:
            later.append(one.at)
        else:
            first.append(one)
        seen |= reach
    return first, later


def _put_together(
    asked: Sequence[_Asked], outcomes: dict[int, Outcome], by: Account | None, known: Mapping[str, Definition]
) -> tuple[dict[int, Outcome], list[int]]:
    """Enter these; what became of each, and the places of those that must go alone."""
    there = _look_up(asked)
    held: list[_Held] = []
    alone: list[int] = []
    changed: set[int] = set()
    for one in asked:
        found = _holders(one, there)
        if len(found) > 1:
            outcomes[one.at] = SeveralPeople()
        elif any(pk in there.merged or pk in changed for pk in found):
            alone.append(one.at)
        else:
            changed |= found.keys()
            held.append(_worked_out(one, next(iter(found.values()), None), there))
    _place(held)
    _write(held, by, known)
    return {one.asked.at: one.outcome for one in held}, alone


def _look_up(asked: Sequence[_Asked]) -> _Known:
    emails = [email for one in asked for email in one.emails]
    phones = [phone for one in asked for phone in one.phones]
    both = ("customer__canonical", "customer__organisation")
    by_email = {
        row.email: row.customer for row in CustomerAddress.objects.filter(email__in=emails).select_related(*both)
    }
    by_phone: dict[str, list[Customer]] = {}
    for row in CustomerPhone.objects.filter(number__in=phones).select_related(*both):
        by_phone.setdefault(row.number, []).append(row.customer)
    people = {one.pk: one for one in (*by_email.values(), *(one for some in by_phone.values() for one in some))}
    merged = {pk for pk, one in people.items() if one.canonical_id is not None}
    merged |= set(Customer.objects.filter(canonical_id__in=people).values_list("canonical_id", flat=True))
    return _Known(
        # One person found twice is one object, or the second write would undo the first.
        by_email={email: people[one.pk] for email, one in by_email.items()},
        by_phone={phone: [people[one.pk] for one in some] for phone, some in by_phone.items()},
        merged=merged,
        emails=_of_each(CustomerAddress.objects.filter(customer_id__in=people).values_list("customer_id", "email")),
        phones=_of_each(CustomerPhone.objects.filter(customer_id__in=people).values_list("customer_id", "number")),
    )


def _of_each(rows: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for customer, value in rows:
        found.setdefault(customer, []).append(value)
    return found


def _holders(asked: _Asked, there: _Known) -> dict[int, Customer]:
    """Whose these are: by their addresses, else by their numbers."""
    found = {one.pk: one for email in asked.emails if (one := there.by_email.get(email))}
    if not found:
        found = {one.pk: one for phone in asked.phones for one in there.by_phone.get(phone, ())}
    return found


def _worked_out(asked: _Asked, found: Customer | None, there: _Known) -> _Held:
    """What the row makes of a customer, on the objects alone."""
    is_new = found is None
    customer = found or Customer(name="" if asked.emails else asked.phones[0])
    one = _Held(customer, asked, is_new=is_new, organisation=asked.organisation)
    if found is not None:
        one.emails, one.phones = list(there.emails.get(found.pk, ())), list(there.phones.get(found.pk, ()))
    one.new_emails = [email for email in asked.emails if email not in one.emails]
    one.new_phones = [phone for phone in asked.phones if phone not in one.phones]
    one.emails += one.new_emails
    one.phones += one.new_phones
    one.words_differ = is_new or bool(one.new_emails or one.new_phones)
    one.told += [{"what": "addresses", "added": email} for email in one.new_emails]
    one.told += [{"what": "phones", "added": phone} for phone in one.new_phones]
    if one.new_phones and not customer.phone:
        customer.phone = one.new_phones[0]
        one.columns.add("phone")
    _change_profile(one)
    _change_values(one)
    return one


def _change_profile(one: _Held) -> None:
    customer, before, after = one.customer, {}, {}
    for name, value in one.asked.profile.items():
        if value != getattr(customer, name):
            before[name], after[name] = getattr(customer, name)[:200], value[:200]
            setattr(customer, name, value)
    if after:
        one.columns.update(after)
        one.words_differ = one.words_differ or "name" in after
        one.told.append({"what": "profile", "before": before, "after": after})
    if one.asked.vip is not None and one.asked.vip != customer.vip:
        customer.vip = one.asked.vip
        one.columns.add("vip")
        one.told.append({"what": "vip", "to": customer.vip})


def _change_values(one: _Held) -> None:
    before = one.customer.attributes
    one.values = {key: value for key, value in one.asked.attributes.items() if value != before.get(key)}
    if one.values:
        one.columns.add("attributes")
        kept = {**before, **one.values}
        one.customer.attributes = {key: value for key, value in kept.items() if value is not None}
        told = {"before": {key: before.get(key) for key in one.values}, "after": one.values}
        one.told.append({"what": "attributes", **told})


def _place(held: Sequence[_Held]) -> None:
    """Everybody's organisation: the one that is named, for somebody new else that of the mail domain; made where missing."""
    names = {one.organisation for one in held if one.organisation}
    known = {row.name: row for row in Organisation.objects.filter(name__in=names).order_by("-pk")} if names else {}
    new = Organisation.objects.bulk_create(Organisation(name=name) for name in sorted(names - known.keys()))
    recording.record_all("organisation.created", [(row.pk, {"name": row.name}) for row in new], actor=None)
    known |= {row.name: row for row in new}
    domains = _organisations_of({_domain(one) for one in held} - {""})
    for one in held:
        wanted = known.get(one.organisation) if one.organisation else domains.get(_domain(one))
        if wanted is not None and one.customer.organisation_id != wanted.pk:
            one.customer.organisation = wanted
            one.columns.add("organisation")
            one.words_differ = True
            one.told.append({"what": "organisation", "to": wanted.pk})


def _domain(one: _Held) -> str:
    """The mail domain that says where somebody new belongs; empty where nothing is to be learnt from it."""
    if not one.is_new or one.organisation or not one.asked.emails:
        return ""
    domain = domain_of(one.asked.emails[0])
    return "" if is_public(domain) else domain


def _organisations_of(domains: set[str]) -> dict[str, Organisation]:
    rows = OrganisationDomain.objects.filter(domain__in=domains).select_related("organisation") if domains else ()
    found = {row.domain: row.organisation for row in rows}
    missing = sorted(domains - found.keys())
    made = Organisation.objects.bulk_create(Organisation(name=domain[:_NAME_CHARS]) for domain in missing)
    found |= dict(zip(missing, made, strict=True))
    OrganisationDomain.objects.bulk_create(
        OrganisationDomain(organisation=found[domain], domain=domain) for domain in missing
    )
    return found


def _write(held: Sequence[_Held], by: Account | None, known: Mapping[str, Definition]) -> None:
    actor = by.pk if by else None
    new, old = [one for one in held if one.is_new], [one for one in held if not one.is_new and one.told]
    Customer.objects.bulk_create(one.customer for one in new)
    for one in old:  # a kept statement for each is faster than one that Django composes of all of them
        if one.columns:
            writing.update(one.customer, *(column for column in _COLUMNS if column in one.columns))
    CustomerAddress.objects.bulk_create(
        CustomerAddress(customer=one.customer, email=email) for one in held for email in one.new_emails
    )
    CustomerPhone.objects.bulk_create(
        CustomerPhone(customer=one.customer, number=phone) for one in held for phone in one.new_phones
    )
    _write_values(held, known)
    recording.record_all("customer.created", [(one.customer.pk, {"what": "import"}) for one in new], actor=actor)
    changes = [(one.customer.pk, told) for one in old for told in one.told]
    recording.record_all("customer.changed", changes, actor=actor)
    indexing.put_customers({one.customer.pk: _words(one) for one in held if one.words_differ})


def _write_values(held: Sequence[_Held], known: Mapping[str, Definition]) -> None:
    """What values are looked up by, anew for those that differ."""
    differing = [(one, key, value) for one in held for key, value in one.values.items()]
    for key in {key for one, key, _value in differing if not one.is_new}:
        people = [one.customer.pk for one, other, _value in differing if other == key and not one.is_new]
        AttributeValue.objects.filter(attribute_id=known[key].pk, customer_id__in=people).delete()
    AttributeValue.objects.bulk_create(
        AttributeValue(
            customer=one.customer,
            attribute_id=known[key].pk,
            folded=attributes.folded(value),
            number=attributes.number(value),
        )
        for one, key, value in differing
        if value is not None
    )


def _words(one: _Held) -> list[str]:
    organisation = one.customer.organisation
    named = [organisation.name] if organisation else []
    return [one.customer.name, *one.emails, *map(phoning.words, one.phones), *named]
