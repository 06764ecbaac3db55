"""How many a saved view holds, said honestly: looked for no further than a page would be, and not on every page."""

from __future__ import annotations

import time
from collections.abc import Collection
from itertools import dropwhile

from rapport.conversations import looking, ordering, saving_views
from rapport.conversations.looking import Counted
from rapport.people.models import Account

MOST = 99
# The rail shows so many counts; whoever keeps more views than that does not read them all.
MOST_COUNTED = 8
# Seconds after which no further view is counted in one answer: the page asks for the rest.
PATIENCE = 0.015


def in_words(account: Account, hidden: Collection[str], *, after: str = "") -> tuple[dict[str, str], str]:
    """Words by key of the views that come after this one, as many as are counted soon, and the last key if more wait.

    The words: "" for none, "12", "99+"; "3+" where three were found and not everything was looked at.
    """
    listed = [view for view in saving_views.listed_for(account) if view.key not in hidden][:MOST_COUNTED]
    beyond = list(dropwhile(lambda view: view.key != after, listed))[1:] if after else listed
    ends_at = time.monotonic() + PATIENCE
    words: dict[str, str] = {}
    for view in beyond:
        order = ordering.of(view.ordering)
        words[view.key] = said(looking.count(account, saving_views.filter_of(view), order=order, most=MOST))
        if time.monotonic() > ends_at:
            break
    waiting = len(words) < len(beyond)
    return words, list(words)[-1] if waiting else ""


def said(counted: Counted) -> str:
    """The number as the rail shows it."""
    if counted.is_all:
        return str(counted.number or "")
    return f"{counted.number}+" if counted.number else ""
