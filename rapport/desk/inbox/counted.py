"""How many a saved view holds, said honestly: looked for no further than a page would be, and not on every page."""

from __future__ import annotations

from collections.abc import Collection

from rapport.conversations import looking, ordering, saving_views
from rapport.conversations.looking import Counted
from rapport.people.models import Account

MOST = 99
# The rail shows so many counts; whoever keeps more views than that does not read them all.
MOST_COUNTED = 8


def in_words(account: Account, hidden: Collection[str]) -> dict[str, str]:
    """By key: "" for none, "12", "99+"; "3+" where three were found and not everything was looked at."""
    views = [view for view in saving_views.listed_for(account) if view.key not in hidden]
    return {
        view.key: said(
            looking.count(account, saving_views.filter_of(view), order=ordering.of(view.ordering), most=MOST)
        )
        for view in views[:MOST_COUNTED]
    }


def said(counted: Counted) -> str:
    """The number as the rail shows it."""
    if counted.is_all:
        return str(counted.number or "")
    return f"{counted.number}+" if counted.number else ""
