"""Consents of a provider: told before they end, and when they are not renewed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rapport.channels.models import Inbox
from rapport.channels.secrets import write_secrets
from rapport.kit import clock
from rapport.watching import mailboxes

pytestmark = pytest.mark.django_db
RENEWED = {"refresh_token": "r", "access_token": "a"}


def found(oauth: dict[str, Any], *, auth: str = "xoauth2") -> list[str]:
    """What is found for an inbox with these tokens; days are days from now."""
    now = clock.now()
    times = {name: (now + timedelta(days=value)).timestamp() for name, value in oauth.items() if name.endswith("_at")}
    inbox = Inbox.objects.create(name="Shop", address="shop@flowers.example", settings={"imap": {"auth": auth}})
    write_secrets(inbox, {"oauth": {**oauth, **times}})
    return [str(trouble.kind) for trouble in mailboxes.look_at_consents(now)]


@pytest.mark.parametrize(
    ("oauth", "kinds"),
    [
        ({**RENEWED, "expires_at": 0.02}, []),
        ({**RENEWED, "expires_at": -0.01}, ["consent_lost"]),
        (
            {**RENEWED, "expires_at": 0.02, "refresh_failed_since": 1, "refresh_error": "invalid_grant"},
            ["consent_lost"],
        ),
        ({**RENEWED, "expires_at": 0.02, "refresh_expires_at": 6.9}, ["consent_ending"]),
        ({**RENEWED, "expires_at": 0.02, "refresh_expires_at": 30}, []),
        ({"access_token": "a", "expires_at": 6.9}, ["consent_ending"]),
        ({"access_token": "a", "expires_at": 30}, []),
        ({}, []),
    ],
)
def test_a_consent_is_told_within_seven_days_of_its_end_or_when_it_is_not_renewed(oauth, kinds):
    assert found(oauth) == kinds


def test_an_inbox_with_a_password_has_no_consent_to_lose():
    assert found({"access_token": "a", "expires_at": -9}, auth="password") == []
