"""Every page of the desk, once: accessible in both themes, no wider than a small phone, every word translatable.

The pages are found by following links, so a new one is looked at as soon as it is linked. They are read in a
pseudo-language (tools.pseudo): what shows in plain English was never given to gettext, and words are 40 % longer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.journeys.shop import Shop, mail, opens, replies
from tools.wording import KEPT

pytestmark = pytest.mark.browser

# Pages that are not linked from the others, or only by a form.
BOARD = "/inbox/board/?view=open&by=status"
BESIDES = ("/search/?q=tulips", "/search/?q=no:such", "/nowhere/", "/later/", BOARD)
NOT_PAGES = re.compile(r"/(original|frame|export|accounts/logout|files|static|ui)\b|\.(csv|eml|json)\b")
IDS = re.compile(r"(?<=/)\d+(?=/)")
# What the company, its people and its customer are called, and names that are the same everywhere.
DATA = set(
    """blumen fleur hello example com org flora ana adler ben berg kim kurz carla conti tulips shop rapport where are my
    kitchen bouquet noon they arrive before your team mail eml csv pdf utc imap smtp lmtp html ctrl alt shift enter esc
    chromium chrome firefox linux windows headless kbd google microsoft gmail outlook sha status closed open""".split()
)
WORD = re.compile(r"[A-Za-z]{3,}")
SERIOUS = ("serious", "critical")

# Text that a person reads and that is no data: data carries dir="auto" or translate="no", code stands in <code>.
READ = """() => {
  const skip = "script, style, noscript, code, kbd, pre, samp, svg, time, select, iframe, [translate=no], [dir=auto], .prose, .text, .avatar, textarea, [data-row-data]";
  const words = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!node.parentElement.closest(skip) && node.textContent.trim()) words.push(node.textContent.trim());
  }
  for (const one of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
    if (one.closest(skip)) continue;
    for (const name of ["aria-label", "title", "placeholder"]) if (one.getAttribute(name)) words.push(one.getAttribute(name));
  }
  return words;
}"""
LANDMARKS = """() => ({ title: document.title, h1: document.querySelectorAll("h1").length, main: document.querySelectorAll("main").length,
  lang: document.documentElement.lang, wide: document.documentElement.scrollWidth - innerWidth })"""
WIDEST = """() => [...document.querySelectorAll("body *")].filter((one) => { const box = one.getBoundingClientRect(); return box.width && (box.right > innerWidth + 1 || box.left < -1) && !one.closest("[hidden], .unseen, dialog:not([open])") && getComputedStyle(one).position !== "fixed"; }).slice(0, 4).map((one) => `${one.tagName}.${one.className}`)"""


def axe() -> str:
    """The judge, as one script."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text("utf-8")


def judged(page: Page, **options: Any) -> list[str]:
    """Serious findings: rule and the first place."""
    asked = {"resultTypes": ["violations"], **options}
    found = page.evaluate("(options) => axe.run(document, options)", asked)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS]


def plain(texts: list[str]) -> list[str]:
    """Texts with a word that no pseudo-language would write."""
    return [text[:80] for text in texts if {word.lower() for word in WORD.findall(KEPT.sub(" ", text))} - DATA]


def complaints(page: Page) -> list[str]:
    """What is wrong with the page that is open, at the size of a small phone."""
    facts = page.evaluate(LANDMARKS)
    said = [f"{name}: {facts[name]}" for name in ("h1", "main") if facts[name] != 1]
    if facts["wide"] > 0:
        said.append(f"{facts['wide']} px too wide: {page.evaluate(WIDEST)}")
    if not facts["title"].strip(" ·"):
        said.append("no title")
    return said


def speak(page: Page, language: str) -> None:
    """Somebody chooses another language for themselves."""
    page.goto("/account/")
    page.select_option("select[name=language]", language)
    page.locator("select[name=language]").evaluate("(one) => one.form.requestSubmit()")
    page.wait_for_selector(f"html[lang={language}]")


def furnished(make_shop: Callable[..., Shop]) -> Shop:
    shop = make_shop(undo=60, pseudo=True)
    shop.receives(mail("Where are my tulips?"))
    return shop


def visit(page: Page, start: list[str], look: Callable[[str], None]) -> set[str]:
    """Look at every page that links lead to, one of each kind; the kinds that were seen."""
    waiting, seen = list(start), set()
    while waiting:
        path = waiting.pop(0)
        kind = IDS.sub("N", urlsplit(path).path) if not path.startswith("/search/") else path
        if kind in seen or NOT_PAGES.search(path):
            continue
        seen.add(kind)
        answer = page.goto(path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        look(path)
        waiting += page.eval_on_selector_all(
            "a[href^='/']:not([download])", "all => all.map(a => a.getAttribute('href'))"
        )
    return seen


def test_every_page_is_accessible_narrow_enough_and_translatable(make_shop: Callable[..., Shop]) -> None:
    shop = furnished(make_shop)
    shop.open_page.allow("status of 40[0349]")
    page = shop.desk_of("flora", "phone")
    opens(page, "Tulips")
    replies(page, "They arrive before noon.")
    page.set_viewport_size({"width": 360, "height": 780})
    speak(page, "en-xa")
    judge, wrong = axe(), {}

    def look(path: str) -> None:
        page.evaluate(judge)
        said = complaints(page) + [f"plain English: {text}" for text in plain(page.evaluate(READ))]
        page.emulate_media(color_scheme="light")
        said += judged(page)
        page.emulate_media(color_scheme="dark")
        said += [f"dark {one}" for one in judged(page, runOnly=["color-contrast"])]
        if said:
            wrong[path] = said

    seen = visit(page, ["/inbox/?view=open", "/today/", *BESIDES], look)
    assert not wrong, "\n".join(f"{path}: {said}" for path, said in wrong.items())
    assert len(seen) > 40, sorted(seen)
    speak(page, "ar-xb")
    for path in ("/inbox/?view=open", BOARD, "/conversations/1/", "/settings/people/", "/account/", "/today/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.dir") == "rtl"
        assert complaints(page) == []
