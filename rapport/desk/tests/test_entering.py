"""Coming in and staying in."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from rapport.people import changing, joining
from rapport.people.models import Account
from rapport.people.roles import role
from rapport.people.tests.cast import PASSWORD, Cast, assemble

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return assemble()


def sign_in(email: str, password: str = PASSWORD, *, ip: str = "192.0.2.1") -> tuple[Client, int]:
    client = Client(REMOTE_ADDR=ip)
    return client, client.post(LOGIN, {"login": email, "password": password}).status_code


def is_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def test_an_account_signs_in_by_address_and_password(cast):
    client, status = sign_in("Ann@flowers.example")
    assert (status, is_in(client)) == (302, True)


def test_a_wrong_password_an_unknown_address_and_a_former_member_look_the_same(cast):
    pages = [
        Client().post(LOGIN, {"login": email, "password": "wrong-password-1"})
        for email in (cast.ann.email, "nobody@flowers.example", cast.fay.email)
    ]
    bodies = {
        page.content.replace(email.encode(), b"")
        for page, email in zip(pages, (cast.ann.email, "nobody@flowers.example", cast.fay.email), strict=True)
    }
    assert {page.status_code for page in pages} == {200}
    assert len({len(body) for body in bodies}) == 1


def test_a_former_member_does_not_come_in(cast):
    client, _ = sign_in(cast.fay.email)
    assert not is_in(client)


@pytest.mark.parametrize("page", ["/account/", "/settings/", "/status/", "/settings/people/", "/accounts/2fa/"])
def test_pages_are_closed_to_visitors(cast, page):
    answer = Client().get(page)
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next={page}")


def test_a_part_of_a_page_sends_the_whole_browser_to_sign_in(cast):
    answer = Client().get("/status/", headers={"HX-Request": "true", "HX-Current-URL": "http://evil.example/x"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, LOGIN)


def test_an_act_of_somebody_signed_out_leaves_the_page_with_its_words_where_it_is(cast):
    answer = Client().post("/conversations/1/replies/", {"body": "Long words"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.get("HX-Redirect")) == (401, None)
    assert "Copy your text" in answer["HX-Trigger"]


@pytest.mark.parametrize(
    "change",
    [
        lambda cast: changing.end(cast.ann, by=cast.adam),
        lambda cast: changing.change_role(cast.ann, role=role("colleague"), by=cast.adam),
        lambda cast: joining.remove_from_team(cast.ann, team=cast.sales, by=cast.adam),
        lambda cast: changing.set_password(cast.ann, password="another-good-one-3", by=cast.adam),
    ],
)
def test_a_session_ends_at_once_with_the_access_it_was_opened_for(cast, change):
    client, _ = sign_in(cast.ann.email)
    other, _ = sign_in(cast.ben.email)
    assert is_in(client)
    change(cast)
    assert (is_in(client), is_in(other)) == (False, True)


def test_sign_up_is_closed(cast):
    fields = {"email": "eve@flowers.example", "password1": PASSWORD, "password2": PASSWORD}
    Client().post("/accounts/signup/", fields)
    assert not Account.objects.filter(email="eve@flowers.example").exists()
    assert b"By invitation only" in Client().get("/accounts/signup/").content


@pytest.mark.parametrize("page", ["/accounts/email/", "/accounts/confirm-email/"])
def test_nobody_gives_an_account_other_addresses(cast, page):
    client, _ = sign_in(cast.ann.email)
    assert client.get(page).status_code == 404


def test_ones_own_password_change_keeps_this_session_and_ends_the_others(cast):
    here, _ = sign_in(cast.ann.email)
    elsewhere, _ = sign_in(cast.ann.email)
    new = "peonies-and-rain-7"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", fields).status_code == 302
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_a_forgotten_password_is_reset_by_a_link_of_the_configured_address(cast, settings):
    elsewhere, _ = sign_in(cast.ann.email)
    client = Client(headers={"Host": "localhost"})
    client.post("/accounts/password/reset/", {"email": cast.ann.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    assert link.startswith(settings.ENVIRONMENT.base_url + "/")
    page = client.get(link.removeprefix(settings.ENVIRONMENT.base_url), follow=True)
    new = "peonies-and-rain-7"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert Account.objects.get(pk=cast.ann.pk).check_password(new)
    assert not is_in(elsewhere)


def test_a_reset_for_an_unknown_address_looks_the_same_and_mails_nobody(cast):
    known, unknown = (
        Client().post("/accounts/password/reset/", {"email": email}) for email in (cast.ann.email, "no@flowers.example")
    )
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [one.to for one in mail.outbox] == [[cast.ann.email]]


def test_after_five_wrong_passwords_not_even_the_right_one_is_looked_at_from_there(cast):
    statuses = [sign_in(cast.ann.email, "wrong-password-1")[1] for _ in range(5)]
    page = Client(REMOTE_ADDR="192.0.2.1").post(LOGIN, {"login": cast.ann.email, "password": PASSWORD})
    assert statuses == [200] * 5
    assert (page.status_code, page["Retry-After"]) == (429, "300")


def test_somebody_elsewhere_still_gets_in_while_one_address_tries(cast):
    for _ in range(30):
        sign_in(cast.ann.email, "wrong-password-1", ip="198.51.100.7")
    client, status = sign_in(cast.ann.email, ip="192.0.2.1")
    assert (status, is_in(client)) == (302, True)


def test_a_familiar_address_gets_in_while_many_addresses_try(cast):
    sign_in(cast.ann.email, ip="192.0.2.1")
    tried = [sign_in(cast.ann.email, "wrong-password-1", ip=f"198.51.100.{n}")[1] for n in range(40)]
    assert tried.count(200) <= 20
    assert sign_in(cast.ann.email, ip="192.0.2.1")[1] == 302
    assert sign_in(cast.ann.email, ip="203.0.113.9")[1] == 429


def test_signing_in_rightly_uses_no_try_up(cast):
    assert [sign_in(cast.ann.email)[1] for _ in range(12)] == [302] * 12


def test_what_a_stranger_writes_into_forwarded_for_counts_for_nothing(cast):
    for n in range(5):
        Client(REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": f"10.0.0.{n}"}).post(
            LOGIN, {"login": cast.ann.email, "password": "wrong-password-1"}
        )
    assert sign_in(cast.ann.email, ip="192.0.2.1")[1] == 429


def test_signing_out_ends_the_session_and_a_get_does_not(cast):
    client, _ = sign_in(cast.ann.email)
    client.get("/accounts/logout/")
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client)


def test_a_sign_in_leads_nowhere_outside(cast):
    client = Client()
    answer = client.post(LOGIN, {"login": cast.ann.email, "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_every_page_of_sign_in_runs_without_inline_scripts(cast):
    for page in (LOGIN, "/accounts/password/reset/"):
        answer = Client().get(page)
        assert "unsafe-inline" not in answer["Content-Security-Policy"]
        assert b"onclick" not in answer.content
        assert b" style=" not in answer.content
