"""No page that a German reader opens still says what the German catalogue has words for.

Pages are found by following links. A string that never went through gettext, or went through it while another language
was active (at import, in a cache), stands there as the source says it.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client

from rapport.desk.tests.seated import cast
from rapport.people.models import Account
from rapport.reactions import schedule
from tools import catalogues
from tools.project import CHECKOUT

__all__ = ["cast"]

pytestmark = pytest.mark.django_db
_START = (
    "/inbox/?view=open",
    "/today/",
    "/status/",
    "/settings/",
    "/account/",
    "/customers/",
    "/search/?q=no:such",
    "/nowhere/",
)
_NOT_PAGES = re.compile(r"/(original|frame|export|logout|files|static|ui)\b|\.(csv|eml|json)\b")
_SAID = ("aria-label", "title", "placeholder", "alt")
_UNSEEN = {"script", "style", "svg", "code", "kbd", "textarea"}
# Names and words of the company's own.
_DATA = {"Shop", "Drivers", "Text"}


class Reader(HTMLParser):
    """What a page says, and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.words: set[str] = set()
        self.links: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Jinja closes what it opens, apart from these."""
        if tag not in {"input", "meta", "link", "img", "br", "hr", "use", "path"}:
            self._open.append(tag)
        for name, value in attributes:
            if name in _SAID and value:
                self.words.add(value.strip())
            if name == "href" and tag == "a" and value:
                self.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        """The innermost that is open; what closes nothing is passed over."""
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        """White space as a browser shows it."""
        if not _UNSEEN & set(self._open):
            self.words.add(" ".join(data.split()))


def in_english() -> set[str]:
    """Every message that German says otherwise."""
    catalog = catalogues.read(catalogues.source_path(CHECKOUT, "de"), "de")
    plain = [(message.id, message.string) for message in catalog if isinstance(message.id, str)]
    return {english for english, german in plain if len(english) > 3 and german not in ("", english)}


@pytest.mark.any_database
def test_no_page_for_a_german_reader_says_what_german_has_words_for(cast):
    cast.conversation(subject="Tulpen")
    schedule.beat(["fetching", "outbox", "intake 2"])
    Account.objects.filter(pk=cast.flora.pk).update(language="de")
    client = Client(headers={"Accept": "text/html"})
    client.force_login(cast.flora)
    english, waiting, seen, wrong = in_english() - _DATA, list(_START), set(), {}
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"/\d+/", "/N/", urlsplit(address).path)
        if kind in seen or not address.startswith("/") or _NOT_PAGES.search(address):
            continue
        seen.add(kind)
        answer = client.get(address)
        if "text/html" not in answer.headers.get("Content-Type", "") or answer.streaming:
            continue
        page = Reader()
        page.feed(answer.content.decode())
        waiting += page.links
        if left := page.words & english:
            wrong[address] = sorted(left)
    assert not wrong
    assert len(seen) > 35, sorted(seen)
