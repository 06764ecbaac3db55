"""A newcomer starts Rapport for the first time and gets a colleague in, with the real processes and a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.servers.ports import wait_until

pytestmark = pytest.mark.browser
CODE = re.compile(r"\b(?:[a-z2-7]{5}-){5}[a-z2-7]+\b")
GOOD = "peonies-and-rain-7"


def _sees(page: Page, address: str, words: str) -> bool:
    page.goto(address)
    return page.get_by_text(words).first.is_visible()


def test_from_the_printed_code_to_the_first_answer_and_a_second_person_at_the_desk(make_product, open_page):
    product = make_product()
    wait_until(lambda: bool(CODE.search(product.log())), seconds=20, what="the printed code")
    code = CODE.findall(product.log())[0]
    olga = open_page(base_url=product.url)
    olga.goto(f"/start/?code={code}")
    for label, value in (
        ("Company", "Blumen Fleur"),
        ("Your name", "Olga"),
        ("Your e-mail", "olga@fleur.example"),
        ("Password", GOOD),
    ):
        olga.get_by_label(label).fill(value)
    olga.get_by_role("button", name="Create the account and go on").click()

    olga.get_by_role("radio", name="A small shop").check()
    olga.get_by_role("button", name="Go on").click()
    olga.get_by_role("button", name="Use the practice mailbox").click()
    expect(olga.get_by_label("Monday")).to_have_value("09:00–18:00")
    # The browser is closed, and opened again another day.
    olga.goto("/")
    expect(olga.get_by_role("heading", name="When do you answer?")).to_be_visible()
    olga.get_by_role("button", name="Go on").click()
    olga.get_by_label("E-mail addresses").fill("ann@fleur.example")
    olga.get_by_role("button", name="Invite").click()
    link = olga.get_by_label("ann@fleur.example").input_value()
    olga.get_by_role("button", name="Go on").click()
    wait_until(lambda: _sees(olga, "/start/ready/", "Open the first conversation"), seconds=20, what="the letter")
    olga.get_by_role("button", name="Open the first conversation").click()
    expect(olga.get_by_text("my mother turns seventy").first).to_be_visible()
    letter = olga.locator("#reply-form .ProseMirror")
    letter.wait_for(state="attached")  # nobody is as quick as this with a page that has just come
    olga.keyboard.press("r")
    expect(letter).to_be_focused()
    olga.keyboard.type("Gladly! You can pay at the door.")
    olga.get_by_role("button", name="Send", exact=True).click()
    expect(
        olga.locator("#timeline, .timeline, .message").filter(has_text="You can pay at the door.").first
    ).to_be_visible()
    wait_until(lambda: _sees(olga, "/practice/ida/", "You can pay at the door."), seconds=40, what="the answer")

    ann = open_page(base_url=product.url)
    ann.goto(link)
    ann.get_by_label("Your name").fill("Ann")
    ann.get_by_label("Password").fill(GOOD)
    ann.get_by_role("button", name="Join").click()
    ann.goto("/account/")
    expect(ann.get_by_text("ann@fleur.example")).to_be_visible()

    olga.goto("/settings/people/")
    olga.get_by_role("link", name="Ann").click()
    olga.get_by_role("button", name="End the account").click()
    ann.goto("/account/")
    expect(ann.get_by_role("heading", name="Sign in")).to_be_visible()
