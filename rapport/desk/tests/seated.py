"""The cast of Blumen Fleur, each at a browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from rapport.conversations.tests.cast import Cast, make_cast
from rapport.people.models import Account

HTMX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


def at_desk(account: Account) -> Client:
    """A browser in which this account has signed in."""
    client = Client()
    client.force_login(account, backend="rapport.desk.staying.Accounts")
    return client


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, in a test that rolls back."""
    return make_cast()


@pytest.fixture
def ana(cast: Cast) -> Client:
    """Ana of the team Shop at her browser."""
    return at_desk(cast.ana)


@pytest.fixture
def ben(cast: Cast) -> Client:
    """Ben of the Drivers, who may see nothing of the shop."""
    return at_desk(cast.ben)
