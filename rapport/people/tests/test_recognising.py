"""Who is this?"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.events.models import Event
from rapport.people import merging
from rapport.people.models import Customer, CustomerAddress, Organisation, OrganisationDomain
from rapport.people.public_domains import is_public
from rapport.people.recognising import account_for, recognise
from rapport.people.tests.cast import Mailbox
from rapport.search import finding

pytestmark = pytest.mark.django_db


def test_a_new_address_becomes_a_customer_with_an_event():
    customer = recognise(Mailbox("Rosa@Garden.example", "Rosa Lund"))
    assert (customer.name, customer.addresses.get().email) == ("Rosa Lund", "rosa@garden.example")
    assert Event.objects.get(kind="customer.created").subject_id == customer.pk


def test_the_same_address_is_the_same_customer_in_any_letter_case():
    assert recognise(Mailbox("rosa@garden.example")) == recognise(Mailbox("ROSA@garden.EXAMPLE"))
    assert Customer.objects.count() == 1


def test_one_customer_may_have_several_addresses():
    customer = recognise(Mailbox("rosa@garden.example"))
    CustomerAddress.objects.create(customer=customer, email="rosa@home.example")
    assert recognise(Mailbox("rosa@home.example")) == customer


def test_a_name_is_learned_once_and_never_overwritten_by_a_message():
    recognise(Mailbox("rosa@garden.example"))
    recognise(Mailbox("rosa@garden.example", "Rosa Lund"))
    assert recognise(Mailbox("rosa@garden.example", "Someone Else")).name == "Rosa Lund"


def test_a_known_address_costs_one_query():
    recognise(Mailbox("rosa@garden.example", "Rosa"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        recognise(Mailbox("rosa@garden.example", "Rosa"))
    assert len(queries) == 1


def test_a_new_address_of_a_known_organisation_costs_few_queries():
    recognise(Mailbox("rosa@garden.example", "Rosa"))
    with CaptureQueriesContext(connection) as queries:
        recognise(Mailbox("finn@garden.example", "Finn"))
    assert len(queries) <= 11, [query["sql"] for query in queries]


def test_people_of_one_company_domain_share_an_organisation():
    rosa, finn = recognise(Mailbox("rosa@garden.example")), recognise(Mailbox("finn@garden.example"))
    assert rosa.organisation == finn.organisation
    assert rosa.organisation is not None


def test_a_domain_added_to_an_organisation_decides():
    named = Organisation.objects.create(name="Garden Ltd")
    OrganisationDomain.objects.create(organisation=named, domain="garden.example")
    assert recognise(Mailbox("rosa@garden.example")).organisation == named


@pytest.mark.parametrize("domain", ["gmail.com", "yahoo.co.uk", "hotmail.fr", "gmx.de", "mail.yandex.ru", "web.de"])
def test_public_mail_providers_are_no_organisation(domain):
    assert recognise(Mailbox(f"rosa@{domain}")).organisation is None


@pytest.mark.parametrize("domain", ["garden.example", "yahoo.garden.example", "notgmail.com", "live.garden.com"])
def test_a_company_domain_that_resembles_a_provider_is_not_public(domain):
    assert not is_public(domain)


def test_a_merged_customer_is_followed_to_the_living_one():
    rosa, rosa_at_home = recognise(Mailbox("rosa@garden.example")), recognise(Mailbox("rosa@home.example"))
    merging.merge(rosa_at_home, into=rosa, by=None)
    assert recognise(Mailbox("rosa@home.example")) == rosa


def test_a_customer_is_found_by_name_and_address():
    customer = recognise(Mailbox("rosa@garden.example", "Rosa Lund"))
    assert finding.customer_ids("lund") == finding.customer_ids("rosa@garden.example") == [customer.pk]


@pytest.mark.parametrize(
    "email",
    ["", "no-at-sign", "a" * 400 + "@x.example", "a@" + "b" * 400, "nul\x00@x.example", "\ud800@x.example", "@"],
)
def test_no_address_breaks_it_and_the_same_one_comes_back(email):
    assert recognise(Mailbox(email, "\x00\ud800")) == recognise(Mailbox(email))


def test_two_endless_addresses_never_fall_together():
    assert recognise(Mailbox("a" * 400 + "1@x.example")) != recognise(Mailbox("a" * 400 + "2@x.example"))


def test_an_account_is_found_by_its_address_until_it_has_ended(cast):
    assert account_for("ANN@flowers.example") == cast.ann
    assert account_for(cast.fay.email) is None
