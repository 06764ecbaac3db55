"""One's own account."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from rapport.desk.account.devices import describe
from rapport.people.models import Account
from rapport.people.tests.cast import PASSWORD, Cast, assemble

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return assemble()


def sign_in(email: str) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_everybody_changes_their_own_profile_and_stays_signed_in(cast):
    client = sign_in(cast.carl.email)
    fields = {"name": "Carl Oak", "language": "en", "time_zone": "Europe/Berlin"}
    assert client.post("/account/", fields).status_code == 302
    carl = Account.objects.get(pk=cast.carl.pk)
    assert (carl.name, carl.time_zone, carl.mail_notifications) == ("Carl Oak", "Europe/Berlin", False)
    assert is_in(client)


@pytest.mark.parametrize("wrong", [{"time_zone": "Mars/Olympus"}, {"language": "tlh"}, {"name": ""}])
def test_what_no_choice_offers_is_refused(cast, wrong):
    fields = {"name": "Carl", "language": "en", "time_zone": "", **wrong}
    assert sign_in(cast.carl.email).post("/account/", fields).status_code == 400


def test_a_profile_takes_no_field_it_does_not_show(cast):
    fields = {"name": "Carl", "language": "en", "role": "1", "email": "owner@flowers.example", "is_active": "1"}
    sign_in(cast.carl.email).post("/account/", fields)
    carl = Account.objects.get(pk=cast.carl.pk)
    assert (carl.role.key, carl.email) == ("colleague", "carl@flowers.example")


def test_one_of_ones_own_sessions_is_ended_from_another(cast):
    here, there = sign_in(cast.ann.email), sign_in(cast.ann.email)
    session = UserSession.objects.get(session_key=there.session.session_key)
    here.post(f"/account/sessions/{session.pk}/closure/")
    assert (is_in(here), is_in(there)) == (True, False)


def test_somebody_elses_session_cannot_be_ended(cast):
    here, there = sign_in(cast.ann.email), sign_in(cast.ben.email)
    session = UserSession.objects.get(session_key=there.session.session_key)
    here.post(f"/account/sessions/{session.pk}/closure/")
    assert is_in(there)


def test_all_other_sessions_end_at_once(cast):
    here, *others = [sign_in(cast.ann.email) for _ in range(3)]
    here.post("/account/sessions/closure/")
    assert [is_in(client) for client in (here, *others)] == [True, False, False]


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/17 Safari/605", "Safari, macOS"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_are_told_so_that_their_owner_knows_them(user_agent, told):
    assert describe(user_agent) == told


def test_a_signature_of_ones_own_is_kept_as_text(cast):
    client = sign_in(cast.carl.email)
    fields = {"name": "Carl", "language": "en", "time_zone": "", "signature": "Carl <Oak>\n\n{{company.name}}"}
    client.post("/account/", fields)
    assert Account.objects.get(pk=cast.carl.pk).signature_html == "<p>Carl &lt;Oak&gt;</p><p>{{company.name}}</p>"
    assert "Carl &lt;Oak&gt;" in client.get("/account/").content.decode()
