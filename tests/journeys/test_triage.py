"""A morning's mail is sorted without touching the mouse."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.shop import Shop, mail

pytestmark = pytest.mark.browser

SOON = 15_000
KINDS = ("Win a prize", "Thanks", "Order", "Order", "Order")


def test_fifty_mails_are_triaged_by_keyboard_only(shop: Shop) -> None:
    for number in range(50):
        shop.receives(mail("Hello!", sender=f"c{number}@example.org", subject=f"{KINDS[number % 5]} {number}"))
    page = shop.desk_of("ana")
    expect(page.locator(".row")).to_have_count(50, timeout=SOON)

    picks(page, "Win a prize", rows=50)
    page.keyboard.press("!")
    expect(page.locator(".row.is-leaving")).to_have_count(10, timeout=SOON)
    expect(page.locator("#bulk")).to_be_hidden()

    picks(page, "Thanks", rows=40)
    page.keyboard.press("e")
    expect(page.locator(".row.is-leaving")).to_have_count(20, timeout=SOON)

    page.keyboard.press("Shift+X")
    expect(page.locator("#bulk [data-count]")).to_have_text("30")
    page.keyboard.press("a")
    expect(page.locator("[name=value_assign]")).to_be_focused()
    page.keyboard.type("Ana")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("30 conversations assigned", timeout=SOON)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()

    answers(page, shop)
    for view, left in (("mine", 30), ("unassigned", 0), ("spam", 10), ("closed", 10)):
        page.goto(f"/inbox/?view={view}")
        expect(page.locator(".row")).to_have_count(left)


def picks(page: Page, words: str, *, rows: int) -> None:
    """Through the list from its first row, each one with these words selected; two that stand together in one go."""
    for _ in range(50):
        page.keyboard.press("k")
    for _ in range(rows):
        if words in standing_on(page).inner_text():
            page.keyboard.press("x")
        page.keyboard.press("j")
    expect(page.locator("#bulk [data-count]")).to_have_text("10")


def standing_on(page: Page) -> Any:
    """The row of the list one stands on."""
    return page.locator(".row.is-selected")


def answers(page: Page, shop: Shop) -> None:
    """The row one stands on is opened, answered and sent."""
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(page.locator(".conversation__title h2")).to_contain_text("Order")
    page.keyboard.press("r")
    expect(page.locator("#reply-form .ProseMirror")).to_be_focused()
    page.keyboard.type("On its way.")
    page.keyboard.press("Control+Enter")
    assert "On its way." in str(shop.customer_got())
