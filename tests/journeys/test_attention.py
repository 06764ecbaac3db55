"""Asking a colleague: a mention by the keyboard, a bell that lights by itself, and mail only as the colleague wishes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.shop import Shop, mail, opens, writes

pytestmark = pytest.mark.browser

SOON = 15_000


def asks_ben(page: Page, words: str) -> None:
    """A note that names Ben, by keys alone once the field is there."""
    writes(page, "@be", form="note")
    expect(page.locator(".suggest [role=option]")).to_have_text(["Ben Berg"])
    page.keyboard.press("Enter")
    page.keyboard.type(words)
    expect(page.locator("#note-form [data-told]")).to_contain_text("@Ben Berg")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline [data-mention]")).to_have_text("@Ben Berg", timeout=SOON)


def test_a_mention_rings_at_once_and_mails_only_by_the_rule(shop: Shop) -> None:
    for subject in ("Tulips", "Roses"):
        shop.receives(mail("Hello?", subject=subject))
    ben = shop.desk_of("ben")
    ben.goto("/account/")
    ben.locator("[name=mail_notifications]").check()
    ben.get_by_role("region", name="Profile").get_by_role("button", name="Save").click()
    ben.goto("/inbox/?view=closed")
    ana = shop.desk_of("ana")
    opens(ana, "Tulips")
    asks_ben(ana, "is the van free?")
    expect(ben.locator(".bell__count")).to_have_text("1", timeout=SOON)
    got = shop.customer_got()
    assert (got["To"], got["Subject"].endswith("Ana Adler mentioned you in “Tulips”")) == ("ben@fleur.example", True)

    ben.keyboard.press("b")
    expect(ben.locator(".bell .told__link")).to_be_focused()
    ben.locator(".bell .told__why summary").click()
    ben.get_by_role("link", name="Change this").click()
    ben.locator("select[name=mail_mentioned]").select_option("never")
    ben.get_by_role("button", name="Save").click()
    ana.goto("/inbox/?view=open")
    opens(ana, "Roses")
    asks_ben(ana, "and tomorrow?")
    expect(ben.locator(".bell__count")).to_have_text("2", timeout=SOON)
    ben.keyboard.press("b")
    expect(ben.locator(".bell .told__link").first).to_be_focused()
    ben.keyboard.press("Enter")
    expect(ben.locator("#timeline")).to_contain_text("and tomorrow?")
    expect(ben.locator(".bell__count")).to_have_text("1", timeout=SOON)
    # The second mention was told before this reply was held: a mail about it would have left first.
    writes(ana, "They are on their way.")
    ana.keyboard.press("Control+Enter")
    assert "carla@example.org" in shop.customer_got(2)["To"]
