"""A customer writes, a person answers, the customer receives the answer and writes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.shop import CARLA, Shop, mail, opens, replies, row, writes
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import SHOP, SHOP_PASSWORD

pytestmark = pytest.mark.browser


def test_a_mail_at_the_door_is_answered_and_the_customer_receives_it(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    page = shop.desk_of("ana")
    opens(page, "Tulips")
    expect(page.locator(".message").first).to_contain_text("Where are my tulips?")
    replies(page, "They are on the van and arrive before noon.")
    answer = shop.customer_got()
    assert answer["To"] == CARLA
    assert answer["From"].startswith("Ana Adler")
    body = answer.get_body(("plain",))
    assert body is not None
    assert "arrive before noon" in body.get_content()
    assert "Your team at Blumen Fleur" in body.get_content()
    expect(page.locator(".message--out").last).to_contain_text("arrive before noon")


def test_the_customers_answer_lands_in_the_same_conversation_and_appears_by_itself(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    page = shop.desk_of("ana")
    opens(page, "Tulips")
    replies(page, "They arrive before noon.")
    answer = shop.customer_got()
    shop.receives(mail("Thank you, they are lovely!", subject="Re: Tulips", in_reply_to=answer["Message-ID"]))
    expect(page.locator(".message").last).to_contain_text("they are lovely", timeout=15_000)
    expect(page.locator(".row")).to_have_count(1)


def test_a_new_mail_appears_in_the_list_without_reloading(shop: Shop) -> None:
    page = shop.desk_of("ana")
    shop.receives(mail("Do you have peonies?", subject="Peonies"))
    expect(row(page, "Peonies")).to_be_visible(timeout=15_000)


def test_an_answer_can_be_taken_back_before_it_goes_out(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(undo=60)
    shop.receives(mail("Where are my tulips?"))
    page = shop.desk_of("ana")
    opens(page, "Tulips")
    replies(page, "They are lost.")
    expect(page.locator(".message.is-held")).to_be_visible()
    expect(page.locator("#reply-form .ProseMirror")).to_have_text("")  # the composer that follows
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator("#reply-form .ProseMirror")).to_contain_text("They are lost.")
    # Then a better idea, for tomorrow: sent later, found in the list, changed, and sent after all.
    page.locator("#reply-form .split-button summary").click()
    page.locator("[data-send-times] button[name=at]", has_text="Tomorrow morning").click()
    expect(page.locator(".message.is-held")).to_contain_text("09:00")
    page.goto("/later/")
    page.get_by_role("button", name="Change or cancel").click()
    expect(page.locator("#reply-form .ProseMirror")).to_contain_text("They are lost.")
    page.locator("#reply-form .ProseMirror").click()
    page.keyboard.press("End")
    page.keyboard.type(" No: found!")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.is-held")).to_contain_text("found!")
    assert shop.sink.messages == []
    page.locator(".message.is-held").get_by_role("button", name="Send now").click()
    assert "They are lost. No: found!" in str(shop.customer_got())
    assert len(shop.sink.messages) == 1


def test_the_same_through_a_real_mail_server(make_shop: Callable[..., Shop], dovecot: Dovecot) -> None:
    imap = {"host": "127.0.0.1", "port": dovecot.imap_port, "security": "none", "user": SHOP, "auth": "password"}
    imap |= {"folders": ["INBOX"], "start": "all", "after": "leave"}
    shop = make_shop(imap=imap, secrets={"imap_password": SHOP_PASSWORD}, address=SHOP)
    uid = dovecot.deliver(SHOP, mail("Are you open on Sunday?", to=SHOP, subject="Sunday").as_bytes(), flags="\\Seen")
    page = shop.desk_of("ana")
    expect(row(page, "Sunday")).to_be_visible(timeout=30_000)
    opens(page, "Sunday")
    replies(page, "From nine to twelve.")
    answer = shop.customer_got()
    dovecot.deliver(
        SHOP, mail("See you then", to=SHOP, subject="Re: Sunday", in_reply_to=answer["Message-ID"]).as_bytes()
    )
    expect(page.locator(".message").last).to_contain_text("See you then", timeout=30_000)
    assert dovecot.flags(SHOP, uid) >= {"\\Seen"}


def test_a_note_stays_inside(shop: Shop) -> None:
    shop.receives(mail("Where are my tulips?"))
    page = shop.desk_of("ana")
    opens(page, "Tulips")
    writes(page, "She is our best customer.", form="note")
    page.locator("#note-form button[data-send]").click()
    expect(page.locator(".message--note")).to_contain_text("best customer")
    replies(page, "They arrive today.")
    body = shop.customer_got().get_body(("plain",))
    assert body is not None
    assert "best customer" not in body.get_content()
    assert len(shop.sink.messages) == 1
