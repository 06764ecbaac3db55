"""Lists go on where the page ended."""

from __future__ import annotations

import re
from html import unescape

import pytest

from rapport.conversations import listing
from rapport.desk.tests.seated import ana, cast

__all__ = ["ana", "cast"]
NUMBERS = re.compile(r'data-number="(\d+)"')
MORE = re.compile(r'(?:href|hx-get)="([^"]*after=[^"]*)"')


@pytest.mark.parametrize("start", ["/inbox/?view=open", "/search/?q=tulips"])
def test_the_address_of_the_next_page_leads_to_other_rows(cast, ana, start):
    numbers = {str(cast.conversation("tulips").pk) for _ in range(listing.PAGE + 5)}
    first = ana.get(start).content.decode()
    for address in MORE.findall(first):
        following = ana.get(unescape(address)).content.decode()
        assert set(NUMBERS.findall(first)) | set(NUMBERS.findall(following)) == numbers
    assert len(MORE.findall(first)) == 2
