"""Second factors."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from rapport.people import inviting
from rapport.people.models import Account
from rapport.people.tests.cast import PASSWORD, Cast, assemble

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def clock_stands() -> Iterator[None]:
    """A code is good for half a minute of the clock, which must not end between its making and its use."""
    with time_machine.travel(time.time(), tick=False):
        yield


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    cache.clear()
    return assemble()


@pytest.fixture
def secret(cast: Cast) -> str:
    """Ann's authenticator app, set up in her browser."""
    return set_up(sign_in(cast.ann.email))


def sign_in(email: str) -> Client:
    client = Client()
    client.post(LOGIN, {"login": email, "password": PASSWORD})
    return client


def set_up(client: Client) -> str:
    confirm(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)
    assert found
    client.post("/accounts/2fa/totp/activate/", {"code": code(found[1])})
    cache.clear()
    return found[1]


def confirm(client: Client) -> None:
    """Enter the password once more, as before every change of a second factor."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_with_an_authenticator_app_the_password_alone_does_not_let_in(cast, secret):
    client = sign_in(cast.ann.email)
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert is_in(client)


def test_a_code_works_once(cast, secret):
    used = code(secret)
    sign_in(cast.ann.email).post("/accounts/2fa/authenticate/", {"code": used})
    again = sign_in(cast.ann.email)
    again.post("/accounts/2fa/authenticate/", {"code": used})
    assert not is_in(again)


def test_codes_cannot_be_guessed_without_end(cast, secret):
    client = sign_in(cast.ann.email)
    for guess in range(8):
        client.post("/accounts/2fa/authenticate/", {"code": f"{guess:06}"})
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert not is_in(client)


def test_secrets_lie_in_the_database_under_the_key_ring_only(cast, secret):
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert stored.count("e1.") == 2


def test_a_second_factor_is_changed_only_with_the_password_at_hand(cast):
    client = sign_in(cast.ann.email)
    assert client.get("/accounts/2fa/totp/activate/").status_code == 302
    confirm(client)
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


def test_setting_it_up_ends_other_sessions_and_keeps_this_one(cast):
    here, elsewhere = sign_in(cast.ann.email), sign_in(cast.ann.email)
    set_up(here)
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_a_session_whose_owner_adds_a_factor_goes_on_under_a_new_id(cast):
    client = sign_in(cast.ann.email)
    before = client.session.session_key
    set_up(client)
    assert client.session.session_key != before
    assert UserSession.objects.filter(session_key=client.session.session_key, user=cast.ann).exists()


def test_passkeys_are_offered_at_a_host_name_only(cast):
    pages = [Client(headers={"Host": host}).get(LOGIN).content for host in ("localhost:8000", "127.0.0.1:8000")]
    assert [b"passkey_login" in page for page in pages] == [True, False]


def test_a_new_password_by_link_keeps_the_second_factor(cast, secret):
    token = inviting.reset(Account.objects.get(pk=cast.ann.pk))
    client = Client()
    client.post(f"/invitations/{token}/", {"password": "peonies-and-rain-7"})
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert is_in(client)


def test_recovery_codes_let_in_once_each(cast):
    client = sign_in(cast.ann.email)
    set_up(client)
    codes = client.get("/accounts/2fa/recovery-codes/download/").content.decode().split()
    for tried, works in ((codes[0], True), (codes[0], False), (codes[1], True)):
        visitor = sign_in(cast.ann.email)
        assert "one of your recovery codes" in visitor.get("/accounts/2fa/authenticate/").content.decode()
        visitor.post("/accounts/2fa/authenticate/", {"code": tried})
        assert is_in(visitor) is works


@pytest.mark.parametrize(
    "page", ["/accounts/2fa/", "/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/activate/"]
)
def test_pages_of_second_factors_run_under_the_policy(cast, page):
    client = sign_in(cast.ann.email)
    confirm(client)
    answer = client.get(page)
    scripts = re.findall(rb"<script(?![^>]*(?:src=|application/json|importmap))[^>]*>", answer.content)
    assert (answer.status_code, scripts) == (200, [])
    assert b" style=" not in answer.content


def test_a_passkey_sign_in_can_be_begun_by_a_visitor(cast):
    answer = Client().get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert "challenge" in answer.json()["request_options"]["publicKey"]
