"""What a page asks that its address alone tells: asked together with whose session it is, in the name of who came last
with that session.

Nothing is granted by it. The account is judged by what its session and its own row say now; an answer serves only where
the page then asks the very same with the rights and teams that the account has now, and else nobody gets it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from django.http import HttpRequest

from rapport.people import installing
from rapport.people.models import Account

# With the request (whose account nobody knows yet), the account it probably is, and the number in its address (0: none).
Expects: TypeAlias = Callable[[HttpRequest, Account, int], None]
_NUMBER = re.compile(r"/([1-9][0-9]{0,17})/")
_pages: dict[str, Expects] = {}


def at(address: str, expects: Expects) -> None:
    """Have this expect what the page at this address asks; # stands for its number."""
    _pages[address] = expects


def expect(request: HttpRequest, account: Account) -> None:
    """Bring along what is asked at the address of this request, if it is known here."""
    found = _NUMBER.search(request.path_info)
    address = request.path_info.replace(found[0], "/#/", 1) if found else request.path_info
    expects = _pages.get(address)
    if expects is not None:
        with installing.assumed() as is_known:
            if is_known:
                expects(request, account, int(found[1]) if found else 0)
