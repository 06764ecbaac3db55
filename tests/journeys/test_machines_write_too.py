"""Bounces and automatic replies: shown where they belong, and never the start of a loop."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from rapport.intake.tests.test_processing import bounce_of
from tests.journeys.shop import Shop, mail, opens, replies, row

pytestmark = pytest.mark.browser


def test_a_bounce_is_shown_at_the_message_that_came_back(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    page = shop.desk_of("ana")
    opens(page, "Tulips")
    replies(page, "They arrive before noon.")
    answer = shop.customer_got()
    shop.receives_raw(bounce_of(answer["Message-ID"].strip("<>")))
    expect(page.locator("#conversation-banners .notice--bad")).to_be_visible(timeout=15_000)
    expect(page.locator(".row")).to_have_count(1)


def test_an_automatic_reply_to_our_acknowledgement_starts_no_loop(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(acknowledge=True)
    shop.receives(mail("Where are my tulips?", subject="My secret subject"))
    acknowledgement = shop.customer_got()
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert "secret" not in acknowledgement.as_string()
    shop.receives(
        mail(
            "I am on holiday until Monday.",
            subject="Out of office",
            in_reply_to=acknowledgement["Message-ID"],
            auto_submitted="auto-replied",
        )
    )
    page = shop.desk_of("ana")
    opens(page, "My secret subject")
    expect(page.locator(".message").last).to_contain_text("on holiday")
    expect(row(page, "Out of office")).to_have_count(0)
    assert len(shop.sink.messages) == 1
