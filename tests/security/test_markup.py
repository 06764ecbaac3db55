"""SEC-01, SEC-03, R-17: six thousand attack strings in every field, on the running product's pages, in Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.journeys.shop import furnish, signs_in
from tests.security import vectors
from tests.security.watching import Watch
from tests.servers.browser import Pages
from tests.servers.fixtures import fail_if_complained, photograph_if_failed
from tests.servers.product import Product

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
QUERY_BYTES = 20_000


@dataclass
class Planted:
    """The running product and where the attack strings lie in it."""

    product: Product
    payloads: list[str]
    threads: list[int]
    framed: list[list[int]]
    leaving: list[str]
    team: int
    inbox: int


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[Planted]:
    """One product for all tests of this module."""
    folder = tmp_path_factory.mktemp("vectors")
    product = Product.new(folder, tables=True)
    furnish(product, smtp_port=9)
    payloads = vectors.read(shared_data)
    (folder / "payloads.json").write_text(json.dumps(payloads))
    told = product.python(f"from tests.security import vectors; vectors.plant({str(folder / 'payloads.json')!r})")
    product.start()
    leaving = json.loads((folder / "leaving.json").read_text())
    yield Planted(product, payloads, leaving=leaving, **json.loads(told))
    product.remove()


@pytest.fixture(scope="module")
def window(planted: Planted, browser_process: Browser) -> Iterator[tuple[Pages, Page, Watch]]:
    """Flora signed in, at one window for all tests of this module."""
    pages = Pages(browser_process)
    page = pages(base_url=planted.product.url)
    watch = Watch(page, planted.product.url)
    page.goto("/accounts/login/")
    signs_in(page, "flora")
    yield pages, page, watch
    pages.close()


@pytest.fixture
def open_page(window: tuple[Pages, Page, Watch], request: pytest.FixtureRequest) -> Iterator[Pages]:
    """The window at the beginning of a test: nothing in it, nothing noted, nothing allowed."""
    pages, page, watch = window
    page.goto("about:blank")
    pages.forgive()
    watch.noted.clear()
    yield pages
    photograph_if_failed(pages, request)
    page.unroute_all()
    fail_if_complained(pages)


@pytest.fixture
def watched(window: tuple[Pages, Page, Watch], open_page: Pages) -> tuple[Page, Watch]:
    """Flora's page, and the notes of what happens in her browser."""
    _, page, watch = window
    return page, watch


def test_the_hook_notices_what_it_is_there_for(watched, open_page):
    page, watch = watched
    open_page.allow(".*")
    page.goto("/today/")
    page.evaluate("alert(1); document.body.append(Object.assign(new Image(), {src: 'https://evil.example/x'}))")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(2)>')")
    page.wait_for_timeout(200)
    kinds = {note.split(":")[0] for note in watch.noted}
    assert {"executed", "blocked"} <= kinds
    watch.noted.clear()


def test_conversations_run_and_load_nothing(planted, watched):
    page, watch = watched
    for number in planted.threads:
        page.goto(f"/conversations/{number}/?all", wait_until="load")
        assert page.locator("[data-entry]").count() > 4
        assert watch.noted == [], number


FRAME = """address => new Promise(done => {
    const frame = Object.assign(document.createElement("iframe"), { src: address });
    frame.sandbox = "allow-same-origin";
    setTimeout(() => done(-1), 3000);
    frame.onload = () => done(frame.contentDocument.querySelectorAll("hr").length);
    document.body.append(frame);
})"""


def test_framed_mail_runs_and_loads_nothing(planted, watched):
    page, watch = watched
    page.goto("/today/")
    for ids in planted.framed:
        for pk in ids:
            assert page.evaluate(FRAME, f"/messages/{pk}/frame/") > 0
            assert watch.noted == [], pk


READ_ALL_ROWS = """async () => {
    const list = document.querySelector(".row").parentElement;
    const next = () => list.querySelector(".rows__more a");
    let shown = list.querySelectorAll(".row").length;
    for (let more = next(); more; more = next()) {
        const answer = await fetch(more.getAttribute("hx-get"), { headers: { "HX-Request": "true" } });
        htmx.swap(list, await answer.text(), { swapStyle: "innerHTML" });
        shown += list.querySelectorAll(".row").length;
    }
    return shown;
}"""


def test_mails_that_leave_run_and_load_nothing(planted, watched):
    page, watch = watched
    page.goto("about:blank")
    assert len(planted.leaving) > 400
    for at in range(0, len(planted.leaving), 200):
        page.set_content("<hr>".join(planted.leaving[at : at + 200]), wait_until="load")
        assert page.locator("hr").count() >= 30
        assert watch.noted == [], at


def test_the_list_runs_and_loads_nothing(planted, watched):
    page, watch = watched
    page.goto("/inbox/?view=open", wait_until="load")
    shown = page.evaluate(READ_ALL_ROWS)
    page.wait_for_timeout(100)
    assert (watch.noted, shown) == ([], len(planted.payloads) + len(planted.threads))


def test_what_is_searched_for_runs_and_loads_nothing(planted, watched):
    page, watch = watched
    for query in queries(planted.payloads):
        page.goto(f"/search/?q={query}", wait_until="load")
        assert watch.noted == [], query


def queries(payloads: list[str]) -> Iterator[str]:
    """Payloads one after the other, as long as a header may be: escaped text has no state, so they do not hide each other."""
    packed = ""
    for payload in map(quote, payloads):
        if len(packed) + len(payload) > QUERY_BYTES:
            yield packed
            packed = ""
        packed += "%20" + payload
    yield packed


PAGES = (
    "/settings/people/",
    "/settings/teams/",
    "/settings/teams/{team}/",
    "/settings/inboxes/",
    "/settings/inboxes/{inbox}/",
)
MORE = (
    "/settings/company/",
    "/status/",
    "/customers/1/",
    "/account/",
    "/conversations/1/merge/",
    "/conversations/1/subject/",
)


@pytest.mark.parametrize("path", [*PAGES, *MORE])
def test_settings_and_status_run_and_load_nothing(planted, watched, path):
    page, watch = watched
    page.goto(path.format(team=planted.team, inbox=planted.inbox), wait_until="load")
    assert watch.noted == []


def test_even_what_no_sanitiser_saw_can_do_nothing_in_the_frame(planted, watched, open_page):
    page, watch = watched
    open_page.allow(".*")
    chunks = [planted.payloads[at : at + 200] for at in range(0, len(planted.payloads), 200)]
    raw = {ids[0]: "".join(chunk) for ids, chunk in zip(planted.framed, chunks, strict=True)}

    def replace(route: Any) -> None:
        pk = int(route.request.url.split("/")[4])
        body = f"<!doctype html><meta charset=utf-8><body>{raw.get(pk, '')}"
        route.fulfill(response=route.fetch(), body=body)

    page.route("**/frame/", replace)
    page.goto(f"/conversations/{planted.threads[0]}/")
    for pk in raw:
        page.evaluate(FRAME, f"/messages/{pk}/frame/")
    assert watch.executed() == []
