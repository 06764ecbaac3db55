"""A view as a board: its conversations in columns by status, assignee or team, each read along an index of its own.

A view that asks for one status only (one person, one team) would be a board of one column. So a board leaves out the
view's own word on what its columns are, and all else of the view holds in each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rapport.conversations import access, catalogue, directory, filtering, looking, sent, viewing
from rapport.conversations.filtering import CannotRead, Condition, Field, Filter, Group, Operator
from rapport.conversations.looking import Found
from rapport.conversations.models import Conversation
from rapport.conversations.ordering import ACTIVITY, Order
from rapport.conversations.settling import KINDS
from rapport.conversations.viewing import ALIVE, Cursor, Wanted
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Question

Status = Conversation.Status
IS = Operator.IS
# Who has more colleagues or teams than this sees the rest together, in the last column.
MOST_LANES = 40
# A column says how many it holds up to here, and "100+" beyond.
COUNTED = 100
OTHERS = "others"
_FEW = 1000
_KINDS = dict(Status.choices)
# Fields of the filter language that only columns use; nobody can write a name with a hyphen.
_STANDS, _BEYOND = "board-status", "board-beyond"


class By(StrEnum):
    """What the columns are."""

    STATUS = "status"
    ASSIGNEE = "assignee"
    TEAM = "team"


WAYS = tuple(By)


@dataclass(frozen=True, slots=True)
class Lane:
    """A column. `key`: a status (`open`, `own:3`), `nobody`, `none`, or the id of a person or team; `others` takes no cards."""

    key: str
    name: str
    conditions: tuple[Condition, ...]

    @property
    def takes(self) -> bool:
        """Whether conversations can be put there."""
        return self.key != OTHERS


@dataclass(frozen=True, slots=True)
class Board:
    """A view by columns. `conditions`: what of the view holds in all of them; `source`: a standard view that is no filter
    (mentions, sent); `is_opened`: the view's own word on `by` is left out."""

    by: By
    lanes: tuple[Lane, ...]
    conditions: tuple[Condition | Group, ...]
    order: Order = ACTIVITY
    source: str = ""
    is_opened: bool = False

    @property
    def is_light(self) -> bool:
        """Whether an index leads to each column and to nothing beside."""
        plain = ("status", "assignee", "team")
        led = all(isinstance(one, Condition) and one.operator == IS and one.field in plain for one in self.conditions)
        return (
            led and not self.source and (self.by == By.STATUS or len(filtering.statuses(Filter(self.conditions))) == 1)
        )

    def order_of(self, lane: Lane) -> Order:
        """That of the view; of what one person has closed in all the years only the order by activity has an index."""
        asked = (*lane.conditions, *self.conditions)
        is_ones = any(isinstance(one, Condition) and one.field == "assignee" for one in asked)
        return ACTIVITY if is_ones and Status.CLOSED in filtering.statuses(Filter(asked)) else self.order

    def lane(self, key: str) -> Lane | None:
        """The column of this key."""
        return next((lane for lane in self.lanes if lane.key == key), None)


def ways(account: Account, view: str, condition: Filter | None) -> list[By]:
    """By what a view can be columns. Spam has no statuses to go through."""
    asked = _of_view(account, view, condition)
    kept, _opened = _left(asked, By.STATUS)
    return [by for by in By if by != By.STATUS or _statuses(kept)]


def board(account: Account, view: str, condition: Filter | None, *, by: By, order: Order) -> Board:
    """The board of a standard view, or of a saved one's condition. Raises UnknownStatus."""
    kept, is_opened = _left(_of_view(account, view, condition), by)
    if by == By.STATUS:
        lanes = _status_lanes(kept)
    elif by == By.ASSIGNEE:
        lanes = _people_lanes(account)
    else:
        lanes = _team_lanes(account, kept)
    source = view if condition is None and view in ("mentions", "sent") else ""
    return Board(by, tuple(lanes), kept, order, source, is_opened)


def cards(account: Account, board: Board, lane: Lane, *, after: Cursor | None = None, limit: int) -> Found:
    """The first `limit` conversations of a column, beyond the cursor; as honest about the rest as looking.page."""
    chosen = Filter((*lane.conditions, *board.conditions))
    if board.source == "sent":
        return looking.narrowed(account, chosen, lambda at, most: _sent(account, at, most), after=after, limit=limit)
    if board.source == "mentions":
        wanted = Wanted("mentions", tuple(filtering.statuses(chosen)))
        return looking.narrowed(account, chosen, _walk(account, wanted), after=after, limit=limit)
    return looking.column(account, chosen, order=board.order_of(lane), after=after, limit=limit)


def lane_of(account: Account, board: Board, conversation: Conversation) -> Lane | None:
    """The column in which a conversation stands that the account was just found to see; None: not on this board."""
    lane = board.lane(place_of(board, conversation))
    if lane is None or conversation.merged_into_id is not None:
        return None
    if getattr(conversation, board.order_of(lane).column) is None:  # in this order it has no place
        return None
    return lane if _holds(account, board, conversation) else None


def place_of(board: Board, conversation: Conversation) -> str:
    """The key of the column a conversation would stand in."""
    if board.by == By.STATUS:
        own = catalogue.read().own_status(conversation)
        return f"own:{own.pk}" if own is not None and own.archived_at is None else conversation.status
    held = conversation.assignee_id if board.by == By.ASSIGNEE else conversation.team_id
    if held is None:
        return "nobody" if board.by == By.ASSIGNEE else "none"
    return str(held) if board.lane(str(held)) else OTHERS


def _holds(account: Account, board: Board, conversation: Conversation) -> bool:
    if board.source == "sent" and not sent.has_answered(account, conversation):
        return False
    mentioned = (Condition("is", IS, "mentioned"),) if board.source == "mentions" else ()
    return bool(looking.fits(account, Filter((*board.conditions, *mentioned)), [conversation.pk]))


def _sent(account: Account, after: Cursor | None, most: int) -> Found:
    return sent.sent_by(account, after=after, limit=most)


def _walk(account: Account, wanted: Wanted) -> looking.Walk:
    def walk(after: Cursor | None, most: int) -> Found:
        keys = viewing.keys_in(account, wanted, after=after, most=most)
        return Found(keys, keys[-1] if len(keys) == most else None)

    return walk


def _of_view(account: Account, view: str, condition: Filter | None) -> tuple[Condition | Group, ...]:
    """What a view asks, as conditions."""
    if condition is not None:
        return condition.conditions
    if view in ("sent", "all"):
        return ()
    if view == "mentions":
        return (Group(tuple(Condition("status", IS, status) for status in ALIVE), any=True),)
    wanted = viewing.wanted_of(account, view)
    asked = [Condition("status", IS, wanted.statuses[0])]
    if wanted.kind == "team":
        asked.append(Condition("team", IS, f"#{wanted.whose}"))
    elif wanted.kind in ("held", "unassigned"):
        asked.append(Condition("assignee", IS, "me" if wanted.kind == "held" else "nobody"))
    return tuple(asked)


def _left(asked: tuple[Condition | Group, ...], by: By) -> tuple[tuple[Condition | Group, ...], bool]:
    """What is left of them when their own word on `by` is left out, and whether there was one."""
    kept = tuple(part for part in asked if not (isinstance(part, Condition) and _names_one(part, by)))
    return kept, len(kept) < len(asked)


def _names_one(condition: Condition, by: By) -> bool:
    """Whether it asks for exactly one of what the columns are."""
    value = condition.value.lower()
    if condition.operator != IS or value in (Status.SPAM, "mine"):
        return False
    if condition.field == "is":
        of = {"unassigned": By.ASSIGNEE} | {str(kind): By.STATUS for kind in Status}
        return of.get(value) == by
    return condition.field == by


def _statuses(kept: tuple[Condition | Group, ...]) -> list[Status]:
    there = filtering.statuses(Filter(kept))
    return [kind for kind in KINDS if kind in there]


def _status_lanes(kept: tuple[Condition | Group, ...]) -> Iterable[Lane]:
    known = catalogue.read().living_statuses()
    for kind in _statuses(kept):
        own = [one for one in known if one.kind == kind]
        plain = Condition("status", IS, kind)
        apart = (Condition(_STANDS, IS, kind),) if own else ()
        yield Lane(kind, str(_KINDS[kind]), (plain, *apart))
        for one in own:
            yield Lane(f"own:{one.pk}", one.name, (plain, Condition(_STANDS, IS, f"own:{one.pk}")))


def _people_lanes(account: Account) -> list[Lane]:
    """Nobody, oneself, and colleagues who answer customers: of one's teams, or all for who sees more than those."""
    teams = sorted(account.team_ids) if access.sight_of(account) is access.Sight.TEAMS else []
    found = sorted(_colleagues.ask(teams, shape=bool(teams)), key=lambda one: one[0] != account.pk)
    lanes = [Lane("nobody", _("Nobody"), (Condition("assignee", IS, "nobody"),))]
    for pk, name in found[:MOST_LANES]:
        own = pk == account.pk
        lanes.append(Lane(str(pk), _("Me") if own else name, (Condition("assignee", IS, f"#{pk}"),)))
    shown = [pk for pk, _name in found[:MOST_LANES]]
    return [*lanes, Lane(OTHERS, _("Somebody else"), (_none_of("assignee", shown),))]


def _team_lanes(account: Account, kept: tuple[Condition | Group, ...]) -> list[Lane]:
    """One's own teams first; only those where the view asks for them."""
    own = account.team_ids
    known = directory.read()
    found = sorted(known.living_teams, key=lambda one: one[0] not in own)
    if any(isinstance(one, Condition) and (one.field, one.value.lower()) == ("team", "mine") for one in kept):
        found = [one for one in found if one[0] in own]
    lanes = [Lane(str(pk), name, (Condition("team", IS, f"#{pk}"),)) for pk, name in found[:MOST_LANES]]
    lanes.append(Lane("none", _("No team"), (Condition("team", IS, "none"),)))
    shown = [pk for pk, _name in found[:MOST_LANES]]
    if known.teams.keys() <= set(shown):
        return lanes
    return [*lanes, Lane(OTHERS, _("Another team"), (_none_of("team", shown),))]


def _none_of(column: str, shown: Iterable[int]) -> Condition:
    return Condition(_BEYOND, IS, " ".join([column, *map(str, shown)]))


def _answering(is_narrow: bool, teams: Any) -> QuerySet[Any, Any]:
    who = Account.objects.filter(is_active=True, role__rights__right=Right.REPLY)
    who = who.filter(teams__in=teams) if is_narrow else who
    return who.order_by("name", "pk").values_list("pk", "name").distinct()


def _stands(value: str, _account: Account | None, _operator: Operator) -> Q:
    """A kind without the company's own statuses of that kind, or one of those."""
    kind, _colon, number = value.partition(":")
    known = catalogue.read()
    if kind != "own":
        return Q(status=kind) & ~Q(own_status_id__in=[one.pk for one in known.living_statuses() if one.kind == kind])
    own = known.statuses.get(int(number)) if number.isdecimal() else None
    if own is None:
        raise CannotRead(_("This status does not exist any more."))
    return Q(own_status_id=own.pk, status=own.kind)


def _few_standing(value: str, _account: Account) -> list[int] | None:
    kind, _colon, number = value.partition(":")
    if kind != "own" or not number.isdecimal():
        return None
    found = [pk for (pk,) in _standing.ask(int(number))]
    return found if len(found) <= _FEW else None


def _beyond(value: str, _account: Account | None, _operator: Operator) -> Q:
    """Somebody's, or a team's, but none of these."""
    column, *shown = value.split()
    return Q(**{f"{column}__isnull": False}) & ~Q(**{f"{column}__in": [int(pk) for pk in shown]})


_colleagues = Question(_answering)
_standing = Question(
    lambda own: (
        Conversation.objects.filter(own_status_id=own, merged_into__isnull=True)
        .order_by("-last_message_at", "-pk")
        .values_list("pk")[: _FEW + 1]
    )
)
filtering.register(Field(_STANDS, _stands, (IS,), few=_few_standing))
filtering.register(Field(_BEYOND, _beyond, (IS,)))
