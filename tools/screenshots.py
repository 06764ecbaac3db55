"""Take the screenshots of README and docs from a fresh demo company: python -m tools.screenshots [--url http://…].

Starts the product in a folder of its own, or uses the one running at --url. Writes docs/images/<name>-<size>-<scheme>.png.
"""

from __future__ import annotations

import argparse
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers.browser import SIZES, Size, launch
from tests.servers.product import Product

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHECKOUT = Path(__file__).resolve().parent.parent
IMAGES = CHECKOUT / "docs" / "images"
COMPANY = tomllib.loads((CHECKOUT / "rapport" / "demo" / "data" / "company.toml").read_text("utf-8"))
ANA, FLORA = "ana@rosewood.example", "flora@rosewood.example"  # an agent; the owner, for what only she may set
SETTLE = 900  # milliseconds for the editor and the live stream


@dataclass(frozen=True)
class Shot:
    """One picture: where to go, what to do there, in which sizes and schemes."""

    name: str
    path: str
    act: Callable[[Page], None] = lambda page: None
    sizes: tuple[Size, ...] = ("laptop",)
    schemes: tuple[str, ...] = ("light",)
    person: str = ANA


def open_second(page: Page) -> None:
    """Open the third conversation of the list."""
    page.locator(".row__link").nth(2).click()
    page.locator("#conversation").wait_for()


def write_reply(page: Page) -> None:
    """Begin an answer."""
    open_second(page)
    page.wait_for_timeout(SETTLE)
    page.keyboard.press("r")
    page.keyboard.type("I am so sorry. Two dozen fresh roses leave our shop within the hour, and ")
    page.keyboard.press("Control+b")
    page.keyboard.type("half of the price is on its way back to you.")


def write_note(page: Page) -> None:
    """Begin a note."""
    open_second(page)
    page.wait_for_timeout(SETTLE)
    page.keyboard.press("n")
    page.keyboard.type("Kim, can you take fresh roses along at four?")


def talk_aside(page: Page) -> None:
    """A supplier is asked beside a conversation."""
    open_second(page)
    page.wait_for_timeout(SETTLE)
    page.keyboard.press("w")


def ask_palette(page: Page) -> None:
    """Ctrl-K and a few letters."""
    open_second(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("as")


def ring_bell(page: Page) -> None:
    """b, and what the bell tells."""
    page.keyboard.press("b")
    page.wait_for_selector(".bell .told")


SHOTS = [
    Shot("today", "/today/", sizes=("laptop", "phone"), schemes=("light", "dark")),
    Shot("bell", "/inbox/?view=open", ring_bell),
    Shot("inbox", "/inbox/?view=open", sizes=("laptop", "tablet", "phone"), schemes=("light", "dark")),
    Shot("board", "/inbox/board/?view=open&by=status", sizes=("laptop", "phone"), schemes=("light", "dark")),
    Shot("conversation", "/inbox/?view=open", open_second, ("laptop", "tablet", "phone"), ("light", "dark")),
    Shot("aside", "/inbox/?view=open", talk_aside, schemes=("light", "dark")),
    Shot("view", "/settings/views/new/", schemes=("light", "dark")),
    Shot("customer", "/customers/1/", sizes=("laptop", "phone"), schemes=("light", "dark")),
    Shot("customers", "/customers/"),
    Shot("news", "/notifications/"),
    Shot("rules", "/account/notifications/", schemes=("light", "dark")),
    Shot("later", "/later/"),
    Shot("settings", "/settings/", sizes=("laptop", "phone"), schemes=("light", "dark"), person=FLORA),
    Shot("roles", "/settings/roles/", schemes=("light", "dark"), person=FLORA),
    Shot("audit", "/settings/audit/", schemes=("light", "dark"), person=FLORA),
    Shot("appearance", "/settings/appearance/", schemes=("light", "dark"), person=FLORA),
    Shot("statuses", "/settings/statuses/", person=FLORA),
    Shot("fields", "/settings/fields/", person=FLORA),
    Shot("tags", "/settings/tags/", person=FLORA),
    Shot("imports", "/settings/imports/", person=FLORA),
    Shot("cards", "/settings/cards/", person=FLORA),
    Shot("search", "/search/?q=roses"),
    Shot("practice", "/practice/"),
    Shot("status", "/status/", schemes=("light", "dark")),
    # These leave drafts behind, so they come last.
    Shot("reply", "/inbox/?view=open", write_reply),
    Shot("note", "/inbox/?view=open", write_note),
    Shot("palette", "/inbox/?view=open", ask_palette),
]


@contextmanager
def product_at(url: str) -> Iterator[str]:
    """The address of a running demo company: the given one, or a fresh one that ends with the pictures."""
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as folder:
        product = Product.new(Path(folder), RAPPORT_DEMO="1").start(seconds=180)
        try:
            yield product.url
        finally:
            product.stop()


def sign_in(browser: Browser, base: str, scheme: str, person: str = ANA) -> Page:
    """A page of hers."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", COMPANY["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/today/")
    return page


def take(page: Page, base: str, shot: Shot, scheme: str) -> None:
    """The picture in each of its sizes."""
    for size in shot.sizes:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.goto(base + shot.path)
        shot.act(page)
        page.wait_for_timeout(SETTLE)
        target = IMAGES / f"{shot.name}-{size}-{scheme}.png"
        page.screenshot(path=target)
        print(target.relative_to(CHECKOUT))


def main() -> None:
    """Take every picture."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="", help="a running demo company; without it a fresh one is started")
    wanted = parser.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with product_at(wanted.url) as base, sync_playwright() as playwright:
        browser = launch(playwright)
        pages = {
            (person, scheme): sign_in(browser, base, scheme, person)
            for person in (ANA, FLORA)
            for scheme in ("light", "dark")
        }
        for shot in SHOTS:
            for scheme in shot.schemes:
                take(pages[shot.person, scheme], base, shot, scheme)
        browser.close()


if __name__ == "__main__":
    main()
