"""The doctor in a real browser: its steps come without a reload."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from rapport.channels.models import Inbox
from rapport.people.tests.cast import PASSWORD, assemble

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_steps_of_the_doctor_appear_one_after_another(live_server, open_page):
    cache.clear()
    adam = assemble().adam
    imap = {"host": "127.0.0.1", "port": 9, "security": "none", "user": "shop", "auth": "password"}
    inbox = Inbox.objects.create(
        name="Shop", address="shop@flowers.example", settings={"imap": imap, "transport": "folder"}
    )
    page = open_page(base_url=live_server.url)
    page.goto(f"/accounts/login/?next=/settings/inboxes/{inbox.pk}/")
    page.get_by_label("E-mail address").fill(adam.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Examine the connection").click()
    expect(page.get_by_text("This inbox practises")).to_be_visible()
    expect(page.get_by_text("Mend the step that fails")).to_be_visible()
