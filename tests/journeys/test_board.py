"""A view as a board: cards are dragged and moved by keyboard, taken back, and what colleagues do is seen at once."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.shop import Shop, mail

pytestmark = pytest.mark.browser

SOON = 15_000


def card(page: Page, lane: str, subject: str) -> Any:
    """The card of this subject in a column."""
    return page.locator(f'[data-lane="{lane}"] .row', has_text=subject)


def test_cards_are_moved_by_mouse_and_keyboard_taken_back_and_moved_by_others(shop: Shop) -> None:
    shop.receives(mail("Hello!", subject="Tulips"))
    shop.receives(mail("Hello!", subject="Roses"))
    page = shop.desk_of("ana")
    expect(page.locator(".row")).to_have_count(2, timeout=SOON)
    page.keyboard.press("Shift+B")
    page.wait_for_url("**/inbox/board/**")

    # By mouse, and back by the key of the undo.
    card(page, "open", "Tulips").drag_to(page.locator('[data-lane="waiting"]'))
    expect(page.locator(".toast").last).to_contain_text("Waiting for customer", timeout=SOON)
    expect(card(page, "waiting", "Tulips")).to_be_visible()
    expect(page.locator('[data-lane="waiting"] [data-number-of]')).to_have_text("1")
    page.keyboard.press("z")
    expect(card(page, "open", "Tulips")).to_be_visible(timeout=SOON)

    # By keyboard: along the column, then on; the card keeps the focus and what happened is said.
    card(page, "open", "Roses").locator(".row__link").focus()
    page.keyboard.press(">")
    expect(card(page, "waiting", "Roses")).to_be_visible(timeout=SOON)
    expect(page.locator("#announcer")).to_contain_text("Waiting for customer")
    expect(card(page, "waiting", "Roses").locator(".row__link")).to_be_focused()

    # A colleague closes the other one: it changes its column by itself, once nobody points there.
    page.mouse.move(5, 5)
    other = shop.desk_of("flora")
    other.goto("/inbox/board/?view=open&by=status")
    other.locator('[data-lane="open"] .tile__move').click()
    other.locator('#places button[value="closed"]').click()
    expect(card(other, "closed", "Tulips")).to_be_visible(timeout=SOON)
    expect(card(page, "closed", "Tulips")).to_be_visible(timeout=SOON)

    # Into a conversation and back to the same place.
    page.keyboard.press("Enter")
    expect(page.locator(".conversation__title h2")).to_contain_text("Roses")
    page.keyboard.press("u")
    expect(card(page, "waiting", "Roses").locator(".row__link")).to_be_focused(timeout=SOON)
