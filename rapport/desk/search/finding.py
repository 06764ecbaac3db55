"""Lists by words and filters: the search page, the list beside an open conversation, targets of a merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rapport.conversations import filtering, finding, listing
from rapport.conversations.listing import PAGE, Page
from rapport.conversations.models import Conversation
from rapport.conversations.viewing import Cursor
from rapport.desk.inbox import chosen as choosing
from rapport.desk.inbox import panes
from rapport.desk.inbox.chosen import Chosen
from rapport.desk.inbox.rows import ShownRow, shown
from rapport.people.models import Account

CANDIDATES = 12
# Beside an open conversation a screenful is enough to begin with; the list fetches the rest as it is scrolled.
BESIDE = 25


def found(account: Account, query: str, after: str = "", limit: int = PAGE) -> tuple[Page, str]:
    """A page of what matches, and a sentence about what could not be understood."""
    page = finding.search(account, query=query, after=Cursor.read(after), limit=limit)
    return page, " ".join(filtering.parse_query(query).problems)


def beside(account: Account, chosen: Chosen, query: str, keys: Sequence[Cursor] | None = None) -> dict[str, Any]:
    """The list that stands beside an open conversation: the search it was found by, else its view. `keys`: what
    `keys_beside` found, if it was asked."""
    if query:
        page, problem = found(account, query, limit=BESIDE)
        return panes.list_context(chosen, page, q=query) | {"query_error": problem}
    if keys is not None:
        return panes.list_context(chosen, listing.page_within(account, keys, BESIDE))
    return panes.list_context(chosen, choosing.page_of(account, chosen, "", BESIDE))


def keys_beside(account: Account, chosen: Chosen, query: str) -> Sequence[Cursor] | None:
    """Which conversations stand there, where that is known by one question; their rows are expected then."""
    keys = None if query else choosing.keys_of(account, chosen, BESIDE)
    if keys:
        listing.expect_rows(account, keys, BESIDE)
    return keys


def expect_beside(account: Account, chosen: Chosen, query: str) -> None:
    """Bring along the first question of `beside`, where it is the view's own."""
    if not query:
        choosing.expect_page(account, chosen, BESIDE)


def candidates(account: Account, conversation: Conversation, words: str) -> list[ShownRow]:
    """Conversations this one could be merged into: by number or words, else the same customer's others."""
    if not words and conversation.customer is None:
        return []
    query = words or f"customer:{conversation.customer_id}"
    page = finding.search(account, query=query, limit=CANDIDATES + 1)
    return shown([row for row in page.rows if row.number != conversation.pk][:CANDIDATES])
