"""Prepared words and second thoughts: macros, a forgotten file, several at once with undo, writing to somebody first."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.shop import Shop, mail, opens, row, writes

pytestmark = pytest.mark.browser

SOON = 15_000


def test_a_macro_is_written_found_by_slash_and_sent(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    page = shop.desk_of("ana")
    page.goto("/settings/macros/")
    page.fill("[name=name]", "On their way")
    page.locator(".ProseMirror").click()
    page.keyboard.type("Dear {{customer.first_name|friend}}, order {{order.number}} is on its way.")
    page.fill("[name=add_tags]", "delivery")
    page.get_by_role("button", name="Create").click()
    page.goto("/inbox/?view=open")
    opens(page, "Tulips")
    writes(page, "/")
    page.keyboard.type("way")
    expect(page.locator("#reply-form [data-macro]:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#reply-form .ProseMirror")).to_contain_text("Dear Carla, order {{order.number}}")
    expect(page.locator("#reply-form .ProseMirror")).to_be_focused()
    page.keyboard.type("T-17")  # over the selected placeholder
    page.keyboard.press("Control+Enter")
    expect(page.locator(".conversation__facts")).to_contain_text("delivery", timeout=SOON)
    body = shop.customer_got().get_body(("plain",))
    assert body is not None
    assert "Dear Carla, order T-17 is on its way." in body.get_content()


def test_a_forgotten_file_is_told_once_and_sending_again_sends(shop: Shop) -> None:
    shop.receives(mail("May I have the bill?"))
    page = shop.desk_of("ana")
    opens(page, "Tulips")
    writes(page, "The bill is attached.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answered")).to_contain_text("no file is attached")
    page.locator("#reply-form .ProseMirror").click()
    page.keyboard.press("Control+Enter")
    assert "The bill is attached." in str(shop.customer_got())


def test_several_are_tagged_at_once_and_it_is_taken_back(shop: Shop) -> None:
    for subject in ("Tulips", "Roses"):
        shop.receives(mail("Hello?", subject=subject))
    page = shop.desk_of("ana")
    for subject in ("Tulips", "Roses"):
        row(page, subject).locator(".row__pick input").check()
    page.locator("#bulk summary").click()
    page.fill("[name=value_tag]", "weekend")
    page.locator("#bulk button[value=tag]").click()
    for subject in ("Tulips", "Roses"):
        expect(row(page, subject)).to_contain_text("weekend", timeout=SOON)
    page.locator(".toast button").click()
    for subject in ("Tulips", "Roses"):
        expect(row(page, subject)).not_to_contain_text("weekend", timeout=SOON)


def test_a_macro_goes_to_two_after_a_look_and_is_taken_back(shop: Shop) -> None:
    for subject in ("Tulips", "Roses"):
        shop.receives(mail("Hello?", subject=subject))
    page = shop.desk_of("ana")
    page.goto("/settings/macros/")
    page.fill("[name=name]", "Late")
    page.locator(".ProseMirror").click()
    page.keyboard.type("Dear {{customer.first_name|friend}}, number {{conversation.number}} is late.")
    page.get_by_role("button", name="Create").click()
    page.goto("/inbox/?view=open")
    for subject in ("Tulips", "Roses"):
        row(page, subject).locator(".row__pick input").check()
    page.locator("#bulk summary").click()
    page.locator("#bulk button[value=macro]").click()
    expect(page.locator(".batch__sum")).to_contain_text("2 conversations get the reply")
    page.locator(".batch__list a", has_text="Roses").click()
    expect(page.locator("#sample h2")).to_contain_text("Roses")
    expect(page.locator("#sample .prose").first).to_contain_text("Dear Carla, number")
    page.get_by_role("button", name="Send 2 replies").click()
    page.locator(".toast button").click()
    expect(page.locator("#batch-result")).to_contain_text("Taken back in 2 conversations")
    page.get_by_role("link", name="Tulips").click()
    expect(page.locator("#timeline")).not_to_contain_text("is late")


def test_somebody_is_written_to_first(shop: Shop) -> None:
    page = shop.desk_of("ana")
    page.keyboard.press("c")
    page.fill("[name=to]", "Dan Dorn <dan@example.net>")
    page.fill("[name=subject]", "Your vase is back")
    page.locator(".ProseMirror").click()
    page.keyboard.type("Shall I put one aside?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".conversation__title h2")).to_have_text("Your vase is back")
    got = shop.customer_got()
    assert (got["To"], got["Subject"]) == ("Dan Dorn <dan@example.net>", "Your vase is back")
    answer = mail(
        "Yes, please.", sender="dan@example.net", subject="Re: Your vase is back", in_reply_to=got["Message-ID"]
    )
    shop.receives(answer)
    expect(page.locator("#timeline")).to_contain_text("Yes, please.", timeout=SOON)
