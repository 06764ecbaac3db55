"""A passkey is made and used in a real browser, with an authenticator that lives in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from rapport.people.tests.cast import PASSWORD, assemble

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def add_authenticator(page: Page) -> None:
    """Give the browser a fingerprint reader that always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_made_and_lets_its_owner_in_without_a_password(live_server, open_page):
    cache.clear()
    ann = assemble().ann
    # Browsers allow passkeys without TLS at localhost only, never at an IP address.
    page = open_page(base_url=live_server.url.replace("127.0.0.1", "localhost"))
    add_authenticator(page)
    page.goto("/accounts/login/?next=/account/")
    page.get_by_label("E-mail address").fill(ann.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_role("textbox").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/**")

    page.goto("/account/")
    page.locator(".rail__account summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/account/")
    expect(page.get_by_text(ann.email)).to_be_visible()
