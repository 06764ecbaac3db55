"""Two agents on one conversation: they see each other, and nobody answers over the other's head."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.shop import Shop, mail, opens, replies, writes

pytestmark = pytest.mark.browser
# Where one is, is said again every 15 s: a lost word is made good within twice that.
LONG = 40_000


def test_each_sees_that_the_other_is_there(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    ana, ben = shop.desk_of("ana"), shop.desk_of("ben")
    opens(ana, "Tulips")
    opens(ben, "Tulips")
    expect(ana.locator("[data-presence]")).to_contain_text("Ben", timeout=LONG)
    expect(ben.locator("[data-presence]")).to_contain_text("Ana", timeout=LONG)


def test_an_answer_written_meanwhile_is_shown_instead_of_sending_a_second_one(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    ana, ben = shop.desk_of("ana"), shop.desk_of("ben")
    shop.open_page.allow("409|ERR_INTERNET_DISCONNECTED")
    opens(ana, "Tulips")
    opens(ben, "Tulips")
    writes(ben, "I have no idea.")
    ben.context.set_offline(True)  # Ben's screen stands still while Ana answers
    replies(ana, "They arrive before noon.")
    shop.customer_got()
    ben.context.set_offline(False)
    ben.locator("#reply-form button[data-send]").click()
    expect(ben.locator("#answered")).to_contain_text("arrive before noon", timeout=LONG)
    expect(ben.locator("#reply-form .ProseMirror")).to_contain_text("I have no idea.")
    assert len(shop.sink.messages) == 1


def test_an_assignment_shows_on_the_colleagues_screen(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    ana, ben = shop.desk_of("ana"), shop.desk_of("ben")
    opens(ana, "Tulips")
    ana.locator("#menu-assign summary").click()
    ana.get_by_role("button", name="Take it myself").click()
    expect(ben.locator(".row .avatar[title*='Ana']")).to_be_visible(timeout=LONG)
