"""Many rows together become what each of them alone becomes, in a few statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext

from rapport.people import addressing, attributing, import_many, merging, organising, profiling
from rapport.people.attributing import Described
from rapport.people.errors import PeopleRefusal
from rapport.people.models import AttributeValue, Customer, CustomerAddress, CustomerPhone, Organisation
from rapport.people.recognising import recognise
from rapport.people.tests.cast import Mailbox
from rapport.search import finding

pytestmark = pytest.mark.django_db
Row = Mapping[str, str]
ROWS: list[Row] = [
    {"email": "New@garden.example", "first_name": "Nina", "last_name": "Ny", "phone": "030 1234567", "language": "de"},
    {"email": "two@garden.example, second@garden.example", "name": "Two", "vip": "ja", "attribute:plan": "Gold"},
    {"phone": "0151 22222222", "name": "By phone"},
    {"email": "known@garden.example", "name": "Known K.", "organisation": "Garden Ltd", "attribute:plan": "Gold"},
    {"email": "known@garden.example", "phone": "030 7654321", "vip": "yes"},  # once more in the same file
    {"email": "same@garden.example", "name": "Same", "attribute:plan": "Silver"},
    {"email": "merged@garden.example", "name": "Merged away"},
    {"email": "known@garden.example; same@garden.example", "name": "Both"},
    {"email": "fresh@garden.example", "phone": "0151 22222222"},  # a number that an earlier row brought
    {"phone": "0151 33333333", "name": "Same by phone", "language": "xx"},
    {"email": "no address", "name": "X"},
    {"name": "Nobody can be reached"},
    {
        "email": "held@shop.example",
        "phone": "0151 44444444",
        "name": "",
        "time_zone": "Europe/Berlin",
        "notes": "Calls",
    },
    {"email": "one@two.example; more@two.example", "notes": "One of two"},
    {"email": "other@two.example; else@two.example", "attribute:plan": "Gold"},  # the same person by another address
    {"email": "first@named.example", "name": "Of a named one", "organisation": "Named & Co"},
    {"email": "last@gmail.com", "name": "At a public provider", "organisation": "New Firm"},
]


@pytest.fixture
def known() -> dict[str, Any]:
    attributing.define(Described("Plan", "choice", ["Gold", "Silver"]), by=None)
    people = {name: recognise(Mailbox(f"{name}@garden.example", name.title())) for name in ("known", "same", "merged")}
    definitions = {one.key: one for one in attributing.definitions()}
    attributing.set_values(people["same"], {"plan": "Silver"}, by=None)
    attributing.set_values(people["known"], {"plan": "Silver"}, by=None)
    profiling.change(people["same"], {"name": "Same"}, by=None)
    other = recognise(Mailbox("other@garden.example", "Other"))
    merging.merge(people["merged"], into=other, by=None)
    organising.place_by_name(recognise(Mailbox("held@shop.example")), name="Garden Ltd", by=None)
    addressing.add_address(recognise(Mailbox("one@two.example", "Wil")), email="other@two.example", by=None)
    addressing.add_phone(recognise(Mailbox("held@shop.example")), number="+4915144444444", by=None)
    return definitions


def picture() -> list[object]:
    """Everybody with all that hangs on them, and whom search finds; without ids."""
    plans = dict(AttributeValue.objects.values_list("customer_id", "folded"))
    found = [
        (
            one.name,
            one.phone,
            one.language,
            one.time_zone,
            one.notes,
            one.vip,
            one.attributes,
            str(one.organisation or ""),
            sorted(one.addresses.values_list("email", flat=True)),
            sorted(one.phones.values_list("number", flat=True)),
            plans.get(one.pk),
            one.canonical_id is None,
        )
        for one in Customer.objects.select_related("organisation")
    ]
    names = dict(Customer.objects.values_list("pk", "name"))
    words = ["nina", "4930", "garden", "gold", "known", "second", "4915122222222", "firm", "more", "else"]
    return [
        *sorted(map(repr, found)),
        *sorted(Organisation.objects.values_list("name", "domains__domain")),
        *((word, sorted(names[pk] for pk in finding.customer_ids(word))) for word in words),
    ]


def tried(put: Callable[[], Sequence[import_many.Outcome]]) -> tuple[list[str], list[object]]:
    with transaction.atomic():
        outcomes = [str(one) if isinstance(one, PeopleRefusal) else one for one in put()]
        left = picture()
        transaction.set_rollback(True)
    return outcomes, left


def together(known: dict[str, Any]) -> list[import_many.Outcome]:
    return import_many.put_customers(ROWS, by=None, region="DE", known=known)


def alone(known: dict[str, Any]) -> list[import_many.Outcome]:
    return [import_many.put_alone(row, by=None, region="DE", known=known) for row in ROWS]


def test_rows_together_become_what_each_alone_becomes(known):
    assert tried(lambda: together(known)) == tried(lambda: alone(known))
    first = together(known)
    assert [one for one in first if isinstance(one, str)].count("created") == 5
    again = [one for one in together(known) if isinstance(one, str)]
    assert set(again) == {"unchanged"}


def test_somebody_who_is_entered_meanwhile_makes_no_row_fail(known, monkeypatch):
    def enters_first(*_given: object) -> None:
        raise IntegrityError

    expected = tried(lambda: alone(known))
    monkeypatch.setattr(import_many, "_write", enters_first)
    assert tried(lambda: together(known)) == expected


def test_a_batch_asks_as_little_for_many_as_for_few(known):
    rows = [
        {"email": f"p{n}@d{n}.example", "name": f"P {n}", "phone": f"0151 {n:08d}", "attribute:plan": "Gold"}
        for n in range(60)
    ]
    for expected, most in (("created", 30), ("unchanged", 12)):
        with CaptureQueriesContext(transaction.get_connection()) as asked:
            outcomes = import_many.put_customers(rows, by=None, region="DE", known=known)
        assert set(outcomes) == {expected}
        # The words for search are handed over in one call, and SQLite is told of each row of it.
        plain = [one for one in asked.captured_queries if "search_customer_words" not in one["sql"]]
        assert len(plain) <= most, len(plain)
    assert (CustomerAddress.objects.filter(email__contains="@d").count(), CustomerPhone.objects.count()) == (60, 61)
