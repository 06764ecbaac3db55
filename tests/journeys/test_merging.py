"""A customer writes twice, the agent looks at both, merges them, and takes it back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.shop import Shop, mail, opens, row

pytestmark = pytest.mark.browser

SOON = 15_000


def test_two_mails_of_one_customer_are_merged_after_a_look_and_taken_apart_again(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    shop.receives(mail("My vase is broken", sender="Carla Conti <carla@example.org>", subject="Vase"))
    page = shop.desk_of("ana")
    expect(row(page, "Tulips")).to_be_visible(timeout=SOON)
    opens(page, "Vase")
    number = page.locator("#conversation").get_attribute("data-number")
    page.goto(f"/conversations/{number}/merge/")
    page.get_by_role("link", name="Merge into #").click()
    expect(page.locator(".half")).to_have_count(2)
    expect(page.locator(".halves")).to_contain_text("My vase is broken")
    expect(page.locator(".facts")).to_contain_text("carla@example.org")
    page.get_by_role("button", name="Merge into #").click()
    expect(page.locator("#timeline")).to_contain_text("My vase is broken")
    expect(page.locator("#timeline")).to_contain_text("Where are my tulips?")
    page.get_by_role("button", name="Undo merge").click()
    expect(page.locator("#timeline")).not_to_contain_text("My vase is broken", timeout=SOON)
    page.goto("/inbox/?view=open")
    expect(page.locator(".row")).to_have_count(2)
