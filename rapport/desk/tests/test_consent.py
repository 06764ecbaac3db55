"""Consent in the browser for XOAUTH2, against a provider of our own."""

from __future__ import annotations

from ipaddress import ip_network
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from rapport.channels.email import consenting
from rapport.channels.models import Inbox
from rapport.channels.secrets import read_secrets
from rapport.desk.settings.inboxes import examining
from rapport.kit.http import Response
from rapport.people.tests.cast import assemble
from tests.servers.oauth import OAuthProvider

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """The administrator's browser; what runs beside pages runs at once, and the doctor finds nothing to say."""
    monkeypatch.setattr(examining, "in_background", lambda work: work())
    monkeypatch.setattr(examining, "steps_of", lambda inbox, *, send_test: iter([]))
    monkeypatch.setattr(examining, "allow_nets", lambda: (ip_network("127.0.0.0/8"),))
    client = Client()
    client.force_login(assemble().adam)
    return client


@pytest.fixture
def inbox(db: None) -> Inbox:
    return Inbox.objects.create(name="Shop", address="shop@example.org", settings={"imap": {"auth": "xoauth2"}})


def ask(client: Client, inbox: Inbox, provider: OAuthProvider, secret: str = "") -> dict[str, str]:
    """Register the application; the query of the link to the provider."""
    fields = {
        "provider": "other",
        "client_id": provider.client_id,
        "client_secret": secret or provider.client_secret,
        "authorization_url": provider.authorization_url,
        "token_url": provider.token_url,
        "scope": "mail",
    }
    page = client.post(f"/settings/inboxes/{inbox.pk}/consent/", fields).content.decode()
    link = page.split(f'href="{provider.authorization_url}')[1].split('"')[0].replace("&amp;", "&")
    return dict(parse_qsl(urlsplit(link).query))


def back(client: Client, provider: OAuthProvider, query: dict[str, str], answer: str = "allow") -> str:
    """Answer at the provider and follow it back; the page the administrator sees then."""
    returned = urlsplit(provider.consent(query, answer))
    page = client.get(f"{returned.path}?{returned.query}", follow=True)
    return page.content.decode()


def test_consent_brings_tokens_that_are_kept_encrypted(client, inbox, oauth_provider):
    page = back(client, oauth_provider, ask(client, inbox, oauth_provider))
    oauth = read_secrets(Inbox.objects.get())["oauth"]
    assert ("consent" in page, "Everything works" in page) == (True, True)
    assert oauth_provider.valid("shop@example.org", oauth["access_token"])
    assert oauth["refresh_token"] not in str(Inbox.objects.values().get())


def test_a_refused_consent_is_told_and_keeps_nothing(client, inbox, oauth_provider):
    page = back(client, oauth_provider, ask(client, inbox, oauth_provider), "deny")
    assert "Ask for consent again" in page
    assert "access_token" not in read_secrets(Inbox.objects.get())["oauth"]


def test_a_wrong_client_secret_is_told(client, inbox, oauth_provider):
    page = back(client, oauth_provider, ask(client, inbox, oauth_provider, secret="wrong"))
    assert "Ask for consent again" in page
    assert "access_token" not in read_secrets(Inbox.objects.get())["oauth"]


def test_an_answer_nobody_asked_for_is_refused(client, inbox, oauth_provider):
    query = ask(client, inbox, oauth_provider)
    assert client.get("/settings/inboxes/consent/answer/?code=x&state=forged").status_code == 403
    returned = urlsplit(oauth_provider.consent(query, "allow"))
    assert client.get(f"{returned.path}?{returned.query}").status_code == 403


def test_the_token_address_goes_through_the_guard():
    client = consenting.Client(
        "a", "b", "https://x.example/", "http://127.0.0.1:1/token", "mail", "http://here.example/"
    )
    with pytest.raises(consenting.ConsentFailed):
        consenting.exchange_code(client, code="x", verifier="y")


def test_strange_answers_of_a_provider_are_failures_in_words():
    for status, body in ((200, b"[]"), (200, b"{}"), (500, b"<html>"), (400, b'{"error": "invalid_grant"}')):
        with pytest.raises(consenting.ConsentFailed):
            consenting._tokens(Response(status, {}, body, "https://provider.example/token"))
