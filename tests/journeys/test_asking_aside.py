"""An agent asks the supplier aside, the supplier answers, the customer is answered and learns nothing of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.shop import Shop, mail, opens, replies

pytestmark = pytest.mark.browser

SOON = 15_000
SVEN = "Sven Svensson <sven@supplier.example>"


def test_the_supplier_is_asked_aside_and_the_customers_mail_holds_nothing_of_it(shop: Shop) -> None:
    shop.receives(mail("My tulips came without bulbs. My card ends in 4711."))
    page = shop.desk_of("ana")
    opens(page, "Tulips")
    page.keyboard.press("w")
    drawer = page.locator("#drawer")
    drawer.locator("[name=to]").fill(SVEN)
    drawer.locator("[name=subject]").fill("Missing bulbs")
    drawer.locator(".ProseMirror").click()
    page.keyboard.type("Do you have fifty bulbs left?")
    page.keyboard.press("Control+Enter")
    asked = shop.customer_got()
    assert (asked["To"], asked["Subject"]) == (SVEN, "Missing bulbs")
    assert asked["References"] is None
    assert b"4711" not in asked.as_bytes()
    expect(drawer).to_contain_text("Waiting for them", timeout=SOON)
    answer = mail("Fifty, on Tuesday. Our price: nine.", sender=SVEN, subject="Re: Missing bulbs", to=asked["From"])
    answer["In-Reply-To"] = asked["Message-ID"]
    shop.receives(answer)
    expect(drawer.locator(".message--in")).to_contain_text("Fifty, on Tuesday", timeout=SOON)
    expect(page.locator("#timeline")).to_contain_text("Sven Svensson answered")
    expect(page.locator("#timeline")).not_to_contain_text("Our price")
    expect(page.locator(".row")).to_have_count(1)
    drawer.get_by_role("link", name="Close").click()
    replies(page, "Your bulbs arrive on Wednesday.")
    told = shop.customer_got(2).as_bytes()
    assert b"arrive on Wednesday" in told
    secrets = (b"sven", b"Missing", b"Our price", asked["Message-ID"].encode(), answer["Message-ID"].encode())
    assert not [word for word in secrets if word in told]
    assert len(shop.sink.messages) == 2
