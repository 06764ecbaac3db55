"""A newcomer starts Rapport for the first time and gets a colleague in, with the real processes and a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.servers.ports import wait_until

pytestmark = pytest.mark.browser
CODE = re.compile(r"\b(?:[a-z2-7]{5}-){5}[a-z2-7]+\b")
GOOD = "peonies-and-rain-7"


def test_from_the_printed_code_to_a_second_person_at_the_desk(make_product, open_page):
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
    olga.get_by_role("button", name="Go on to the first inbox").click()
    expect(olga.get_by_role("heading", name="Connect a mailbox")).to_be_visible()

    olga.goto("/settings/people/")
    olga.get_by_label("E-mail address").fill("ann@fleur.example")
    olga.get_by_role("button", name="Invite").click()
    link = olga.get_by_label("Link").input_value()

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
