"""The desk stays true by itself: in every tab, after a tab is closed, and after the server was away."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, expect

from tests.journeys.shop import Shop, mail, row
from tests.servers.ports import answers, wait_until

pytestmark = pytest.mark.browser

SOON = 15_000


def another_tab(page: Page) -> Page:
    tab = page.context.new_page()
    tab.goto("/inbox/?view=open")
    return tab


def test_a_mail_appears_in_every_tab_through_one_stream(shop: Shop) -> None:
    first = shop.desk_of("ana")
    streams: list[Request] = []
    first.context.on("request", lambda request: streams.append(request) if "/live/" in request.url else None)
    tabs = [first, another_tab(first), another_tab(first)]
    shop.receives(mail("Where are my tulips?"))
    for tab in tabs:
        expect(row(tab, "Tulips")).to_be_visible(timeout=SOON)
    assert len(streams) <= 1, "the first tab's stream serves all"


def test_when_the_tab_that_listens_is_closed_another_takes_over(shop: Shop) -> None:
    first = shop.desk_of("ana")
    second = another_tab(first)
    first.close()
    shop.receives(mail("Where are my tulips?"))
    expect(row(second, "Tulips")).to_be_visible(timeout=SOON)


def test_after_the_server_was_away_the_page_is_true_again_without_reloading(shop: Shop) -> None:
    page = shop.desk_of("ana")
    shop.open_page.allow(
        "ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE"
    )
    page.evaluate("window.notReloaded = true")
    shop.product.restart()
    wait_until(lambda: answers(shop.door), seconds=20, what="the mail door")
    shop.receives(mail("Where are my tulips?"))
    expect(row(page, "Tulips")).to_be_visible(timeout=3 * SOON)
    assert page.evaluate("window.notReloaded")
