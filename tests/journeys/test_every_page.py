"""Every page of the desk: accessible in both themes, no wider than a small phone, every word translatable.

The pages are found by following links, so a new one is looked at as soon as it is linked. They are read in a
pseudo-language (tools.pseudo): what shows in plain English was never given to gettext, and words are 40 % longer.
The owner sees each; a supervisor and an agent are shown to the judge where what they see is built otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIResponse, Page, Response

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
# Whatever axe judges by itself. The size of targets, a demand of WCAG 2.2 AA, it judges only when asked. No sheet is
# fetched a second time for it, and mails in their frames are not the product's pages.
ASKED: dict[str, Any] = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}, "iframes": False}
# A theme gives colours and nothing else (ui/tests/test_tokens.py), so that the second is asked about colours only;
# `enhanced` is a wish of AAA, which axe leaves out only when it is not asked by kinds of rules.
COLOURS = {"runOnly": ["cat.color"], "rules": {"color-contrast-enhanced": {"enabled": False}}}
RULES: dict[str, dict[str, Any]] = {"light": {"rules": {"target-size": {"enabled": True}}}, "dark": COLOURS}
PROMOTE = """
from rapport.people.models import Account, Role
Account.objects.filter(email="{}@fleur.example").update(role=Role.objects.get(key="{}"))
"""
OTHERS = {"ben": "supervisor", "ana": "agent"}

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


@cache
def axe() -> str:
    """The judge, as one script."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text("utf-8")


def judged(page: Page, theme: Literal["light", "dark"]) -> list[str]:
    """Serious findings in this theme: rule and the first place."""
    page.emulate_media(color_scheme=theme)
    found = page.evaluate("(options) => axe.run(document, options)", {**ASKED, **RULES[theme]})["violations"]
    return [f"{theme} {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS]


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


class Built(HTMLParser):
    """How a page is built: the elements of its main part, without their words and ids; and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.links: list[str] = []
        self._in_main = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Parsed: an element begins."""
        given = dict(attrs)
        self._in_main = self._in_main or tag == "main"
        if self._in_main:
            self.elements.append((tag, given.get("class") or "", given.get("role") or "", *sorted(given)))
        if tag == "a" and "download" not in given and (given.get("href") or "").startswith("/"):
            self.links.append(given["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        """Parsed: an element ends."""
        self._in_main = self._in_main and tag != "main"


def visit(start: list[str], open_one: Callable[[str], Built | None]) -> dict[str, Built]:
    """Open every page that links lead to, one of each kind; how each kind is built."""
    waiting, seen, built = list(start), set(), {}
    while waiting:
        path = waiting.pop(0)
        kind = IDS.sub("N", urlsplit(path).path) if not path.startswith("/search/") else path
        if kind in seen or NOT_PAGES.search(path):
            continue
        seen.add(kind)
        if found := open_one(path):
            built[path] = found
            waiting += found.links
    return built


def faults(page: Page) -> list[str]:
    """All that is wrong with the page that is open, in both themes."""
    page.evaluate(axe())
    said = complaints(page) + [f"plain English: {text}" for text in plain(page.evaluate(READ))]
    return said + judged(page, "light") + judged(page, "dark")


def built_by(answer: Response | APIResponse | None) -> Built | None:
    """How the page of this answer is built; None for what is no page."""
    is_page = answer is not None and "text/html" in answer.headers.get("content-type", "")
    return Built(answer.text()) if answer is not None and is_page else None


def asked_for(page: Page, path: str) -> Built | None:
    """How the page is built for whoever is signed in there, without showing it."""
    return built_by(page.request.get(path))


def small(shop: Shop, who: str) -> Page:
    """Somebody at a small phone, reading the longer language."""
    page = shop.desk_of(who, "phone")
    page.set_viewport_size({"width": 360, "height": 780})
    speak(page, "en-xa")
    return page


@pytest.mark.long
@pytest.mark.timeout(900)
def test_every_page_is_accessible_narrow_enough_and_translatable(make_shop: Callable[..., Shop]) -> None:
    shop = furnished(make_shop)
    shop.open_page.allow("status of 40[0349]")
    page = shop.desk_of("flora", "phone")
    opens(page, "Tulips")
    replies(page, "They arrive before noon.")
    page, wrong = small(shop, "flora"), {}

    def look(path: str) -> Built | None:
        if built := built_by(page.goto(path)):
            wrong["flora", path] = faults(page)
        return built

    start = ["/inbox/?view=open", "/today/", *BESIDES]
    owners = visit(start, look)
    assert len(owners) > 40, sorted(owners)
    known = {tuple(built.elements) for built in owners.values()}
    shop.product.python(PROMOTE.format("ben", OTHERS["ben"]))
    for who in OTHERS:
        theirs = small(shop, who)
        for number, (path, built) in enumerate(visit(start, partial(asked_for, theirs)).items()):
            # The first for what stands around every page.
            if number == 0 or tuple(built.elements) not in known:
                theirs.goto(path)
                wrong[who, path] = faults(theirs)
                known.add(tuple(built.elements))
        assert any(name == who for name, path in wrong if path == "/settings/"), f"{who} sees the owner's settings"
    assert not any(wrong.values()), "\n".join(f"{where}: {said}" for where, said in wrong.items() if said)
    speak(page, "ar-xb")
    for path in ("/inbox/?view=open", BOARD, "/conversations/1/", "/settings/people/", "/account/", "/today/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.dir") == "rtl"
        assert complaints(page) == []
