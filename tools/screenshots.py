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
PERSON = "ana@rosewood.example"
SETTLE = 900  # milliseconds for the editor and the live stream


@dataclass(frozen=True)
class Shot:
    """One picture: where to go, what to do there, in which sizes and schemes."""

    name: str
    path: str
    act: Callable[[Page], None] = lambda page: None
    sizes: tuple[Size, ...] = ("laptop",)
    schemes: tuple[str, ...] = ("light",)


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
    Shot("conversation", "/inbox/?view=open", open_second, ("laptop", "tablet", "phone"), ("light", "dark")),
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


def sign_in(browser: Browser, base: str, scheme: str) -> Page:
    """A page of Ana's."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", PERSON)
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
        pages = {scheme: sign_in(browser, base, scheme) for scheme in ("light", "dark")}
        for shot in SHOTS:
            for scheme in shot.schemes:
                take(pages[scheme], base, shot, scheme)
        browser.close()


if __name__ == "__main__":
    main()
