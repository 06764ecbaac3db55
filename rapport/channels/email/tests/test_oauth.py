"""Keeping a token fresh: before it ends, also where each refresh token works once."""

from __future__ import annotations

import dataclasses
import ipaddress
from typing import Any

import pytest
from django.conf import settings

from rapport.channels import connecting
from rapport.channels.email.oauth import RefreshFailed, is_due, refresh
from rapport.channels.models import Inbox
from rapport.channels.secrets import read_secrets, write_secrets
from rapport.kit import clock
from tests.servers.oauth import OAuthProvider
from tests.servers.ports import free_port

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


def consent(provider: OAuthProvider, *, ends_in: float = 3600, **more: Any) -> dict[str, Any]:
    """What settings and secrets hold together after a consent."""
    tokens = provider.issue()
    told = {"client_id": "rapport", "client_secret": "client-secret", "token_url": provider.token_url}
    return {**tokens, **told, "expires_at": clock.now().timestamp() + ends_in, **more}


@pytest.mark.parametrize(("ends_in", "due"), [(3600, False), (301, False), (299, True), (-10, True)])
def test_a_token_is_renewed_five_minutes_before_it_ends(ends_in: float, due: bool):
    now = clock.now().timestamp()
    assert is_due({"access_token": "a", "refresh_token": "r", "expires_at": now + ends_in}) == due


def test_without_a_refresh_token_there_is_nothing_to_renew():
    assert not is_due({"access_token": "a", "expires_at": 0})
    assert is_due({"refresh_token": "r"})


def test_a_refresh_gives_a_token_that_works(oauth_provider: OAuthProvider):
    tokens = refresh(consent(oauth_provider), allow_nets=LOOPBACK)
    assert oauth_provider.valid(oauth_provider.user, tokens["access_token"])
    assert tokens["expires_at"] > clock.now().timestamp() + 3000


def test_a_rotated_refresh_token_replaces_the_old_one(oauth_provider: OAuthProvider):
    first = consent(oauth_provider)
    second = first | refresh(first, allow_nets=LOOPBACK)
    assert second["refresh_token"] != first["refresh_token"]
    assert refresh(second, allow_nets=LOOPBACK)["access_token"]
    with pytest.raises(RefreshFailed, match="invalid_grant"):
        refresh(first, allow_nets=LOOPBACK)


def test_a_provider_that_does_not_rotate_keeps_its_refresh_token(oauth_provider: OAuthProvider):
    oauth_provider.rotates = False
    first = consent(oauth_provider)
    assert refresh(first, allow_nets=LOOPBACK)["refresh_token"] == first["refresh_token"]


def test_a_consent_taken_back_is_gone_for_good(oauth_provider: OAuthProvider):
    oauth = consent(oauth_provider)
    oauth_provider.revoke()
    with pytest.raises(RefreshFailed) as failed:
        refresh(oauth, allow_nets=LOOPBACK)
    assert failed.value.permanent


def test_a_provider_in_trouble_is_asked_again(oauth_provider: OAuthProvider):
    oauth_provider.fail_next("temporarily_unavailable")
    with pytest.raises(RefreshFailed) as failed:
        refresh(consent(oauth_provider), allow_nets=LOOPBACK)
    assert not failed.value.permanent


def test_a_provider_that_is_away_is_asked_again():
    oauth = {"refresh_token": "r", "token_url": f"http://127.0.0.1:{free_port()}/token"}
    with pytest.raises(RefreshFailed) as failed:
        refresh(oauth, allow_nets=LOOPBACK)
    assert not failed.value.permanent


def test_a_token_address_inside_the_network_is_not_asked(oauth_provider: OAuthProvider):
    with pytest.raises(RefreshFailed, match="not allowed"):
        refresh(consent(oauth_provider))
    assert oauth_provider.ledger == []


@pytest.fixture
def inbox(db: None, monkeypatch: pytest.MonkeyPatch, oauth_provider: OAuthProvider) -> Inbox:
    """An inbox that signs in by consent; the token ends in a minute."""
    environment = dataclasses.replace(settings.ENVIRONMENT, allow_nets=LOOPBACK)
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    oauth = {"client_id": "rapport", "token_url": oauth_provider.token_url, "scope": "mail"}
    imap = {"host": "127.0.0.1", "auth": "xoauth2"}
    inbox = Inbox.objects.create(name="Shop", address="shop@example.org", settings={"imap": imap, "oauth": oauth})
    tokens = consent(oauth_provider, ends_in=60)
    kept = ("access_token", "refresh_token", "expires_at", "client_secret")
    write_secrets(inbox, {"oauth": {name: tokens[name] for name in kept}, "smtp_password": "kept"})
    return inbox


def test_an_inbox_gets_its_token_renewed_and_keeps_its_other_secrets(inbox: Inbox, oauth_provider: OAuthProvider):
    old = read_secrets(inbox)["oauth"]
    told = connecting.transport_settings(inbox)
    kept = read_secrets(Inbox.objects.get(pk=inbox.pk))
    assert told["oauth"]["access_token"] == kept["oauth"]["access_token"] != old["access_token"]
    assert kept["oauth"]["refresh_token"] != old["refresh_token"]
    assert (kept["smtp_password"], kept["oauth"]["client_secret"]) == ("kept", "client-secret")
    assert told["oauth"]["client_id"] == "rapport"


def test_a_fresh_token_is_not_renewed_again(inbox: Inbox, oauth_provider: OAuthProvider):
    connecting.transport_settings(inbox)
    asked = len(oauth_provider.ledger)
    connecting.transport_settings(Inbox.objects.get(pk=inbox.pk))
    assert len(oauth_provider.ledger) == asked


def test_somebody_who_read_the_row_earlier_does_not_spend_the_token_twice(inbox: Inbox, oauth_provider: OAuthProvider):
    stale = Inbox.objects.get(pk=inbox.pk)
    connecting.transport_settings(inbox)
    asked = len(oauth_provider.ledger)
    told = connecting.transport_settings(stale)
    assert len(oauth_provider.ledger) == asked
    assert oauth_provider.valid(oauth_provider.user, told["oauth"]["access_token"])


def test_when_the_provider_fails_the_old_token_is_tried(inbox: Inbox, oauth_provider: OAuthProvider):
    oauth_provider.fail_next("temporarily_unavailable")
    old = read_secrets(inbox)["oauth"]
    assert connecting.transport_settings(inbox)["oauth"]["access_token"] == old["access_token"]


def test_an_inbox_with_passwords_asks_no_provider(inbox: Inbox, oauth_provider: OAuthProvider):
    inbox.settings["imap"]["auth"] = "password"
    inbox.save()
    connecting.transport_settings(inbox)
    assert oauth_provider.ledger == []
