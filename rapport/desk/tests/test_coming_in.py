"""Invitations, reset links and the first run, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from rapport.kit import clock
from rapport.people import first_run, installing, inviting
from rapport.people.models import Account
from rapport.people.roles import ensure_roles
from rapport.people.tests.cast import Cast, assemble

pytestmark = pytest.mark.django_db
GOOD = "peonies-and-rain-7"


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return assemble()


@pytest.fixture
def path(cast: Cast) -> str:
    """Where Eve's invitation leads."""
    return inviting.link(inviting.invite("eve@flowers.example", name="Eve", role="agent", by=cast.adam)[1])


def account_page(client: Client) -> int:
    return client.get("/account/").status_code


def test_an_invited_person_chooses_name_and_password_and_is_in(path):
    client = Client()
    assert b"eve@flowers.example" in client.get(path).content
    assert client.post(path, {"name": "Eve Wood", "password": GOOD})["Location"] == "/"
    assert account_page(client) == 200
    assert Account.objects.get(email="eve@flowers.example").name == "Eve Wood"


def test_the_link_of_an_invitation_works_once(path):
    Client().post(path, {"name": "Eve", "password": GOOD})
    again = Client()
    assert again.get(path).status_code == 410
    assert again.post(path, {"name": "Mallory", "password": "stolen-password-1"}).status_code == 410
    assert account_page(again) == 302


def test_the_link_of_an_invitation_ends_after_a_week(path):
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        assert Client().post(path, {"name": "Eve", "password": GOOD}).status_code == 410
    assert Client().get(path).status_code == 200


def test_a_weak_password_is_explained_and_spends_nothing(path):
    client = Client()
    answer = client.post(path, {"name": "Eve", "password": "12345"})
    assert (answer.status_code, b"field__error" in answer.content) == (400, True)
    assert client.post(path, {"name": "Eve", "password": GOOD}).status_code == 302


def test_an_unknown_link_says_no_more_than_a_spent_one(path):
    Client().post(path, {"name": "Eve", "password": GOOD})
    spent, unknown = Client().get(path), Client().get("/invitations/nonsense/")
    assert spent.status_code == unknown.status_code == 410
    assert len(spent.content) == len(unknown.content)


def test_somebody_elses_session_ends_when_a_link_is_used(cast, path):
    client = Client()
    client.force_login(cast.adam)
    client.post(path, {"name": "Eve", "password": GOOD})
    assert b"eve@flowers.example" in client.get("/account/").content


def test_the_answers_of_a_link_are_kept_by_no_cache(path):
    assert "no-store" in Client().get(path)["Cache-Control"]


def fields(code: str) -> dict[str, str]:
    return {"code": code, "company": "Flowers", "name": "Olga", "email": "olga@flowers.example", "password": GOOD}


def test_a_fresh_installation_leads_every_visitor_to_the_first_run(db):
    assert Client().get("/inbox/")["Location"] == "/start/"


def test_the_printed_code_makes_an_owner_who_goes_on_to_the_next_step(db):
    ensure_roles()
    client = Client()
    answer = client.post("/start/", fields(first_run.code()))
    assert answer["Location"] == "/start/go-on/"
    assert client.get(answer["Location"], follow=True).redirect_chain == [("/start/business/", 302)]
    assert installing.current().company_name == "Flowers"


def test_a_wrong_code_makes_nobody(db):
    code = first_run.code()
    assert Client().post("/start/", fields(code + "x")).status_code == 400
    assert not Account.objects.exists()


def test_once_somebody_has_an_account_the_first_run_is_over(cast):
    for answer in (Client().get("/start/"), Client().post("/start/", fields(""))):
        assert answer["Location"] == "/accounts/login/"
    assert Account.objects.filter(role__key="owner").count() == 1
