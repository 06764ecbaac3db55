"""What a board shows: its columns, the first cards of those that are read at once, and honest counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from rapport.conversations import boards, catalogue, listing
from rapport.conversations.boards import Board, By, Lane
from rapport.conversations.looking import Found
from rapport.conversations.viewing import Cursor
from rapport.desk.inbox.chosen import Chosen
from rapport.desk.inbox.rows import written
from rapport.people.models import Account
from rapport.people.rights import Right

CARD = "desk/board/_card.html"
# So many cards of a column to begin with, and so many more each time its end is seen.
CARDS = 15
# So many columns are read with the page, fewer where a column has to be looked for; the others when they come into sight.
AT_ONCE = 5
AT_ONCE_LOOKED_FOR = 2
NAMES: dict[By, Promise] = {
    By.STATUS: gettext_lazy("By status"),
    By.ASSIGNEE: gettext_lazy("By person"),
    By.TEAM: gettext_lazy("By team"),
}


@dataclass(slots=True)
class ShownLane:
    """A column. `count`: "12", "100+", or "" where nobody knows yet; `barred`: keys of the columns to which no step leads
    from here; one that is not `is_read` is fetched when it comes into sight."""

    key: str
    name: str
    takes: bool
    order: str
    count: str = ""
    cards: list[Markup] = field(default_factory=list)
    after: str = ""
    is_full: bool = True
    barred: str = ""
    is_read: bool = True


def default_way(chosen: Chosen, ways: Sequence[By]) -> By:
    """By what a view becomes a board at first: what nobody has yet is handed out, all else goes through its statuses."""
    wished = By.ASSIGNEE if chosen.key in ("unassigned", "spam") else By.STATUS
    return wished if wished in ways else ways[0]


def board_of(account: Account, chosen: Chosen, by: By) -> Board:
    """The board of a view, in its order."""
    return boards.board(account, chosen.key, chosen.condition, by=by, order=chosen.order)


def query_of(chosen: Chosen, by: By) -> str:
    """What ends the addresses of a board and of its cards."""
    return "?" + urlencode({"view": chosen.key, "by": by})


def lanes_of(account: Account, board: Board, query: str, *, first: str) -> list[ShownLane]:
    """All columns; those from `first` on that fit on a wide screen with their cards."""
    keys = [lane.key for lane in board.lanes]
    begin = keys.index(first) if first in keys else 0
    read = board.lanes[begin : begin + (AT_ONCE if board.is_light else AT_ONCE_LOOKED_FOR)]
    shown = {lane.key: lane for lane in filled(account, board, read, query)}
    return [shown.get(lane.key) or _empty(board, lane) for lane in board.lanes]


def filled(account: Account, board: Board, lanes: Sequence[Lane], query: str) -> list[ShownLane]:
    """These columns with their counts and first cards; one read each, and three for all cards together."""
    found = {lane.key: boards.cards(account, board, lane, limit=boards.COUNTED) for lane in lanes}
    keys = [key for one in found.values() for key in one.keys[:CARDS]]
    written_cards = _cards(account, keys, query)
    return [_filled(board, lane, found[lane.key], written_cards) for lane in lanes]


def further(account: Account, board: Board, lane: Lane, query: str, *, after: str) -> ShownLane:
    """The cards of a column that come after a cursor."""
    found = boards.cards(account, board, lane, after=Cursor.read(after), limit=CARDS)
    return _filled(board, lane, found, _cards(account, found.keys, query))


def count(found: Found) -> str:
    """How many a column holds, no more exactly than anybody knows."""
    if found.after is None:
        return str(len(found.keys))
    return f"{len(found.keys)}+" if found.keys else ""


def context(chosen: Chosen, board: Board, ways: Sequence[By]) -> dict[str, Any]:
    """What the page says of the board itself."""
    query = query_of(chosen, board.by)
    ways_shown = [(str(way), NAMES[way], way == board.by) for way in ways]
    return {"chosen": chosen, "by": str(board.by), "query": query, "ways": ways_shown, "note": _note(chosen, board)}


def _note(chosen: Chosen, board: Board) -> str:
    if board.order.key == "waiting":
        return _("In this order only those stand here in which somebody waits for an answer.")
    if not board.is_opened:
        return ""
    return {
        By.STATUS: _("This board shows every status, also those that the list leaves out."),
        By.ASSIGNEE: _("This board shows everybody’s, also those that the list leaves out."),
        By.TEAM: _("This board shows every team, also those that the list leaves out."),
    }[board.by]


def may_move(account: Account) -> bool:
    """Whether cards can be moved by this account."""
    return account.may(Right.MANAGE)


def barred(board: Board, lane: Lane) -> list[str]:
    """Keys of the columns to which the company allows no step from this one."""
    if board.by != By.STATUS:
        return []
    forbidden = catalogue.read().forbidden
    return [other.key for other in board.lanes if (lane.key, other.key) in forbidden]


def _empty(board: Board, lane: Lane) -> ShownLane:
    order, away = board.order_of(lane).key, " ".join(barred(board, lane))
    return ShownLane(lane.key, lane.name, lane.takes, order, barred=away, is_read=False)


def _cards(account: Account, keys: Sequence[Cursor], query: str) -> dict[int, Markup]:
    rows = listing.page_of_keys(account, keys, after=None).rows
    return dict(zip((row.number for row in rows), written(rows, template=CARD, query=query), strict=True))


def _filled(board: Board, lane: Lane, found: Found, cards: dict[int, Markup]) -> ShownLane:
    shown = _empty(board, lane)
    first = found.keys[:CARDS]
    after = first[-1] if len(found.keys) > CARDS else found.after
    shown.count, shown.is_read = count(found), True
    shown.cards = [cards[key.number] for key in first if key.number in cards]
    shown.after, shown.is_full = str(after) if after else "", len(found.keys) > CARDS or found.is_full
    return shown
