"""How a customer is reached, and how customers are found by it."""

from __future__ import annotations

import pytest

from rapport.events.models import Event
from rapport.people import addressing, browsing, merging, phoning, profiling
from rapport.people.errors import AddressTaken, NoSuchAddress, NoSuchNumber, UnknownChoice
from rapport.people.models import Customer, CustomerAddress, Installation, Order
from rapport.people.recognising import index, recognise
from rapport.people.tests.cast import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa() -> Customer:
    return recognise(Mailbox("rosa@garden.example", "Rosa Lund"))


@pytest.mark.parametrize(
    ("written", "region", "kept"),
    [
        ("+49 (30) 123 45 67", "", "+49301234567"),
        ("0049 30 1234567", "", "+49301234567"),
        ("030/1234567", "DE", "+49301234567"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+1 212 555 0100", "DE", "+12125550100"),
    ],
)
def test_a_number_is_kept_as_the_world_writes_it(written, region, kept):
    assert phoning.e164(written, region=region) == kept


@pytest.mark.parametrize("written", ["", "030 1234567", "call me", "+49", "+999 123", "1" * 400, "+49 30 1234567" * 20])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(NoSuchNumber):
        phoning.e164(written, region="")


def test_the_company_says_whose_numbers_need_no_country(rosa):
    Installation.objects.update_or_create(pk=1, defaults={"phone_region": "DE"})
    assert addressing.add_phone(rosa, number="030 1234567", by=None).number == "+49301234567"


def test_the_first_number_is_another_when_it_goes(rosa):
    first, second = (addressing.add_phone(rosa, number=n, by=None) for n in ("+49301234567", "+493076543210"))
    assert rosa.phone == "+49301234567"
    addressing.make_primary_phone(second, by=None)
    addressing.remove_phone(second, by=None)
    assert Customer.objects.get(pk=rosa.pk).phone == first.number
    addressing.remove_phone(first, by=None)
    assert Customer.objects.get(pk=rosa.pk).phone == ""


def test_mail_from_an_added_address_is_recognised_and_from_a_removed_one_is_not(rosa):
    row = addressing.add_address(rosa, email=" Rosa@Home.example ", by=None)
    assert recognise(Mailbox("rosa@home.example")) == rosa
    addressing.remove_address(row, by=None)
    assert recognise(Mailbox("rosa@home.example")) != rosa


def test_an_address_belongs_to_one_person_or_to_what_was_merged_with_them(rosa):
    finn = recognise(Mailbox("finn@garden.example"))
    with pytest.raises(AddressTaken) as refusal:
        addressing.add_address(rosa, email="finn@garden.example", by=None)
    assert refusal.value.holder == finn.pk
    merging.merge(finn, into=rosa, by=None)
    assert addressing.add_address(rosa, email="finn@garden.example", by=None).customer == finn


@pytest.mark.parametrize("email", ["", "rosa", "a@b", "rosa@home.example\nbcc: x@y.example", "a" * 300 + "@x.example"])
def test_what_is_no_address_is_refused(rosa, email):
    with pytest.raises(NoSuchAddress):
        addressing.add_address(rosa, email=email, by=None)


def test_one_address_is_written_to_first(rosa):
    row = addressing.add_address(rosa, email="rosa@home.example", by=None)
    addressing.make_primary(row, by=None)
    addressing.make_primary(CustomerAddress.objects.get(email="rosa@garden.example"), by=None)
    assert [one.email for one in CustomerAddress.objects.filter(primary=True)] == ["rosa@garden.example"]


@pytest.mark.parametrize(
    "words", ["lund", "+49 30 1234567", "030 1234567", "(030) 123-4567", "garden", "T-1001", "#T-1001"]
)
def test_a_customer_is_found_by_name_number_organisation_and_order(rosa, cast, words):
    addressing.add_phone(rosa, number="+49 30 1234567", by=None)
    Order.objects.create(customer=rosa, number="T-1001", summary="Tulips", status="sent", placed_at="2026-11-01T00:00Z")
    assert [one.pk for one in browsing.search(cast.ann, words=words).entries] == [rosa.pk]
    assert browsing.search(cast.carl, words=words).entries == [], "a colleague finds no customers"


def test_the_list_goes_on_below_and_leaves_merged_ones_out(rosa, cast, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(browsing, "PAGE", 2)
    made = [Customer.objects.create(name=f"Person {number}") for number in range(4)]
    merging.merge(made[3], into=rosa, by=None)
    browsing.page(cast.ann)
    with django_assert_num_queries(3):
        first = browsing.page(cast.ann)
    rest = browsing.page(cast.ann, before=first.before)
    assert [one.pk for one in first.entries + rest.entries] == [made[2].pk, made[1].pk, made[0].pk, rosa.pk]
    assert rest.before is None
    index(made[3])
    assert [one.pk for one in browsing.search(cast.ann, words="person 3").entries] == [rosa.pk]


def test_a_profile_holds_only_what_lists_know_and_tells_what_changed(rosa, cast):
    profiling.change(rosa, {"language": "de-CH", "time_zone": "Europe/Zurich", "name": "Rosa\nLund "}, by=cast.ann)
    assert (rosa.language, rosa.name) == ("de", "Rosa Lund")
    changed = Event.objects.get(kind="customer.changed")
    assert changed.data["after"] == {"language": "de", "time_zone": "Europe/Zurich"}
    for name, value in (("language", "klingon"), ("time_zone", "Mars/Olympus"), ("channel", "pigeon")):
        with pytest.raises(UnknownChoice):
            profiling.change(rosa, {name: value}, by=cast.ann)
