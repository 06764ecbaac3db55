"""Which view somebody looks at: a standard one by its name, or a saved one, `v17`; in which order, with which columns."""

from __future__ import annotations

from dataclasses import dataclass

from rapport.conversations import arranging, columns, filtering, listing, ordering, saving_views, viewing
from rapport.conversations.errors import ConversationRefusal
from rapport.conversations.filtering import Filter
from rapport.conversations.listing import Page
from rapport.conversations.models import Arrangement, View
from rapport.conversations.ordering import ACTIVITY, Order
from rapport.conversations.viewing import Cursor
from rapport.people.models import Account

# Sorted by what they are about, and by nothing else.
_FIXED = ("sent", "mentions")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A view as one account looks at it. `saved` and `condition` belong to a saved one."""

    key: str
    order: Order
    columns: tuple[str, ...]
    arrangement: Arrangement
    saved: View | None = None
    condition: Filter | None = None

    @property
    def orders(self) -> list[Order]:
        """The orders it can be read in; none to choose among where there is one."""
        return [] if self.key in _FIXED else list(ordering.ORDERS.values())

    @property
    def layout(self) -> str:
        """By what this account sees it as a board (boards.By); empty for the list."""
        return str(self.arrangement.layouts.get(self.key, ""))

    @property
    def problems(self) -> list[str]:
        """What of its conditions cannot be understood any more, in sentences."""
        if self.condition is None:
            return []
        return [said for one in filtering.each(self.condition.conditions) if (said := filtering.problem_of(one))]


def choose(account: Account, key: str) -> Chosen:
    """The view of this key for this account. Raises UnknownStatus, NotFound."""
    arrangement = arranging.of(account)
    number = number_of_saved(key)
    if number is None:
        return _standard(account, key, arrangement)
    saved = saving_views.get(account, number)
    order = ordering.of(arrangement.orders.get(key) or saved.ordering)
    shown = columns.chosen(arrangement.columns.get(key), saved.columns)
    return Chosen(key, order, shown, arrangement, saved, saving_views.filter_of(saved))


def found_by_search(account: Account) -> Chosen:
    """The list of a search: newest first."""
    arrangement = arranging.of(account)
    return Chosen("", ACTIVITY, columns.USUAL, arrangement)


def view_beside(account: Account, key: str) -> Chosen:
    """The view that a conversation's address names; all open ones when this account has no such view: the address
    may have come from a colleague."""
    try:
        return choose(account, key)
    except ConversationRefusal:
        return choose(account, "open")


def own_order(chosen: Chosen) -> str:
    """The order of the view itself, whatever this account prefers."""
    return chosen.saved.ordering if chosen.saved else viewing.ORDER_OF.get(chosen.key, ACTIVITY).key


def page_of(account: Account, chosen: Chosen, after: str, limit: int = listing.PAGE) -> Page:
    """One page of its rows."""
    cursor = Cursor.read(after)
    if chosen.condition is not None:
        return listing.view_page(account, chosen.condition, order=chosen.order, after=cursor, limit=limit)
    return listing.inbox_page(account, view=chosen.key, order=chosen.order, after=cursor, limit=limit)


def keys_of(account: Account, chosen: Chosen, limit: int) -> list[Cursor] | None:
    """What stands on its first page, and one more if anything follows; None where that is not known by one question."""
    if chosen.condition is not None or chosen.key == "sent":
        return None
    return listing.inbox_keys(account, view=chosen.key, order=chosen.order, limit=limit)


def expect_page(account: Account, chosen: Chosen, limit: int = listing.PAGE) -> None:
    """Bring along which conversations stand on its first page, where no condition must be looked for."""
    if chosen.condition is None:
        listing.expect_inbox_page(account, view=chosen.key, order=chosen.order, limit=limit)


def number_of_saved(key: str) -> int | None:
    """The id of a saved view, if the key is of one."""
    is_one = key[:1] == "v" and key[1:].isascii() and key[1:].isdecimal() and len(key) < 19
    return int(key[1:]) if is_one else None


def _standard(account: Account, key: str, arrangement: Arrangement) -> Chosen:
    if key != "sent":
        viewing.wanted_of(account, key)  # refuses what is none
    own = viewing.ORDER_OF.get(key, ACTIVITY)
    order = own if key in _FIXED else ordering.of(arrangement.orders.get(key) or own.key)
    return Chosen(key, order, columns.chosen(arrangement.columns.get(key)), arrangement)
