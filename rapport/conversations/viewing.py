"""Which conversations stand in a view, and for whom: ids in the order of the view, read along indexes.

What an account sees comes together from parts: each of its teams, the teamless conversations of its teams' inboxes, what
it was drawn into, what is shared with its teams. Each part gives at most a page from an index of its own, so that a page
costs as much where a team holds ten of a million conversations as where it holds them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from rapport.channels.models import Inbox
from rapport.conversations import access, ordering
from rapport.conversations.errors import UnknownStatus
from rapport.conversations.models import Conversation, Involvement, SharedTeam
from rapport.conversations.ordering import ACTIVITY, WAITING, Order
from rapport.people.models import Account
from rapport.rows.asking import Question
from rapport.rows.together import Together

Status = Conversation.Status
ALIVE = (Status.OPEN, Status.WAITING, Status.SNOOZED)
MENTIONS = (Involvement.Reason.MENTIONED, Involvement.Reason.ASKED)
# Beyond so many parts one stands for all teams: somebody who is in all teams sees nearly everything.
MOST_PARTS = 64


class Cursor(NamedTuple):
    """The last row of a page: by what it is sorted, its number, and its priority where that comes first."""

    at: datetime
    number: int
    rank: int = 0

    def __str__(self) -> str:
        # A plus sign would be read as a blank in an address.
        written = f"{self.at.isoformat().replace('+00:00', 'Z')}~{self.number}"
        return f"{written}~{self.rank}" if self.rank else written

    @classmethod
    def read(cls, written: str) -> Cursor | None:
        """The reverse of `str`; None for what is not one."""
        moment, *numbers = written.split("~")
        try:
            at = datetime.fromisoformat(moment)
            at = at.astimezone(UTC) if at.tzinfo else at
        except (ValueError, OverflowError):
            return None
        good = all(one.isascii() and one.isdecimal() and len(one) < 19 for one in numbers)
        if at.tzinfo is None or not good or len(numbers) not in (1, 2):
            return None
        number, rank = [*map(int, numbers), 0][:2]
        return cls(at, number, rank) if rank <= max(Conversation.Priority.values) else None


NEWEST = Cursor(datetime.max.replace(tzinfo=UTC), 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a view asks of a conversation. `kind`: held (by the account `whose`), team (the team `whose`), teamless,
    unassigned, mentions, or any. `team` narrows what somebody holds (0: in none), `is_nobodys` what a team has, or none."""

    kind: str
    statuses: tuple[str, ...]
    whose: int = 0
    team: int | None = None
    is_nobodys: bool = False


# The views that are there from the start, and the order of those that have one of their own.
_STANDARD = {
    "mine": Wanted("held", (Status.OPEN,)),
    "unassigned": Wanted("unassigned", (Status.OPEN,)),
    "longest": Wanted("any", (Status.OPEN,)),
    "mentions": Wanted("mentions", ALIVE),
    "all": Wanted("any", (*ALIVE, Status.CLOSED)),
} | {status.value: Wanted("any", (status.value,)) for status in Status}
ORDER_OF = {"longest": WAITING}


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement depends on besides its values. `rank`: where the page before ended, in an order that has ranks."""

    kind: str
    statuses: tuple[str, ...]
    order: str
    sight: access.Sight
    follows: bool
    rank: int
    most: int
    teams: int
    is_own: bool
    is_in_team: bool
    is_nobodys: bool

    @property
    def is_one_part(self) -> bool:
        """Whether so many teams are looked at together."""
        return self.teams * len(self.statuses) * max(1, len(ordering.of(self.order).ranks)) > MOST_PARTS


def wanted_of(account: Account, view: str) -> Wanted:
    """What a standard view asks. Raises UnknownStatus."""
    kind, _, number = view.partition(":")
    if kind == "team" and number.isascii() and number.isdecimal() and len(number) < 19:
        return Wanted("team", (Status.OPEN,), whose=int(number))
    if view not in _STANDARD:
        raise UnknownStatus
    wanted = _STANDARD[view]
    return Wanted("held", wanted.statuses, whose=account.pk) if view == "mine" else wanted


def keys_in(
    account: Account, wanted: Wanted, *, order: Order = ACTIVITY, after: Cursor | None, most: int
) -> list[Cursor]:
    """The first `most` conversations that are wanted, beyond the cursor, as the cursors of their rows. One query."""
    asked = _asked(account, wanted, order, after, most)
    return [Cursor(at, number, *rank) for number, at, *rank in _pages.ask(*asked[1], shape=asked[0])] if asked else []


def expect_keys(account: Account, wanted: Wanted, *, order: Order, most: int) -> None:
    """Bring the first ones along with what is asked now."""
    if asked := _asked(account, wanted, order, None, most):
        _pages.expect(*asked[1], shape=asked[0])


def _asked(
    account: Account, wanted: Wanted, order: Order, after: Cursor | None, most: int
) -> tuple[_Shape, tuple[Any, ...]] | None:
    """The shape and the values of the statement; None where nothing can be found."""
    sight = access.sight_of(account)
    if sight is access.Sight.NOTHING or not wanted.statuses:
        return None
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    rank = after.rank if after and order.ranks else 0
    is_own = wanted.kind == "team" and wanted.whose in teams
    shape = _Shape(
        wanted.kind, wanted.statuses, order.key, sight, after is not None, rank, most, len(teams), is_own,
        is_in_team=wanted.team is not None, is_nobodys=wanted.is_nobodys,
    )  # fmt: skip
    beyond = after or NEWEST
    each = [] if shape.is_one_part else teams
    return shape, (account.pk, wanted.whose, wanted.team or 0, beyond.at, beyond.number, teams, *each)


def ids_of(
    conversations: QuerySet[Conversation], statuses: Sequence[str], after: Cursor | None, most: int
) -> list[int]:
    """The first `most` of any conversations of these statuses, newest message first, below the cursor. One query.

    Status by status, because the index by time begins with it: each part ends where it has a page.
    """
    parts = []
    for status in statuses:
        found = conversations.filter(status=status)
        found = below(found, after.at, after.number) if after else found
        best = found.order_by("-last_message_at", "-pk").values("pk")[:most]
        parts.append(_keys(Conversation.objects.filter(pk__in=best).order_by(), ACTIVITY))
    if not parts:
        return []
    together = parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]
    return [number for number, _ in together.order_by("-at_", "-number_")[:most]]


def below(conversations: QuerySet[Any], at: datetime, number: int) -> QuerySet[Any]:
    """Those that come after a cursor, newest message first."""
    within, without = ACTIVITY.beyond(at, "last_message_at", "pk", number)
    return conversations.filter(**within).exclude(**without)


@dataclass(frozen=True, slots=True)
class _Page:
    """One page to be read: who asks, for what, from where."""

    shape: _Shape
    order: Order
    account_id: int
    whose: int
    team: int
    at: datetime
    number: int

    def of(self, conversations: QuerySet[Conversation]) -> list[QuerySet[Any, Any]]:
        """The best of a part."""
        return [self._best(some) for some in self.cut(conversations, self.order.column)]

    def cut(self, rows: QuerySet[Any], column: str, number: str = "pk") -> list[QuerySet[Any]]:
        """Those that have a place in the order, beyond the cursor if there is one; rank by rank where there are ranks."""
        rows = rows.filter(**{f"{column}__isnull": False}) if self.order is WAITING else rows
        if not self.order.ranks:
            return [self._beyond(rows, column, number) if self.shape.follows else rows]
        left = [rank for rank in self.order.ranks if not self.shape.follows or rank <= self.shape.rank]
        return [
            self._beyond(rows.filter(priority=rank), column, number)
            if self.shape.follows and rank == self.shape.rank
            else rows.filter(priority=rank)
            for rank in left
        ]

    def _beyond(self, rows: QuerySet[Any], column: str, number: str) -> QuerySet[Any]:
        within, without = self.order.beyond(self.at, column, number, self.number)
        return rows.filter(**within).exclude(**without)

    def holds(self) -> Q:
        """What the view asks of a conversation besides its status."""
        nobodys = Q(assignee__isnull=True) if self.shape.kind == "unassigned" or self.shape.is_nobodys else Q()
        if self.shape.kind == "teamless":
            return nobodys & Q(team__isnull=True)
        return nobodys & Q(team_id=self.whose) if self.shape.kind == "team" else nobodys

    def linked(self, links: QuerySet[Any], status: str, doubles: int = 1) -> list[QuerySet[Any, Any]]:
        """The best of those that links lead to; one conversation may come up to `doubles` times."""
        parts = self.cut(links.filter(status=status), self.order.copy, "conversation_id")
        if self.shape.kind not in ("unassigned", "team", "teamless"):
            return [self._best_links(some, doubles) for some in parts]
        there = Conversation.objects.all()
        if self.shape.kind != "unassigned":
            there = _unindexed(there, "team_id", self.whose if self.shape.kind == "team" else 0)
        if self.shape.kind == "unassigned" or self.shape.is_nobodys:
            there = _unindexed(there, "assignee_id", 0)
        return [self._best(there.filter(pk__in=some.values("conversation_id"))) for some in parts]

    def held(self, rows: QuerySet[Conversation]) -> list[QuerySet[Any, Any]]:
        """The best of what one person holds. Of that only the order by activity has an index: in another one the rows are
        sorted by an expression, or SQLite would go by the index of that order through everybody's."""
        if self.shape.is_in_team:
            rows = _unindexed(rows, "team_id", self.team)
        if self.order is ACTIVITY:
            return self.of(rows)
        order, column = self.order, F(self.order.column)
        rows = rows.annotate(place=Coalesce(column, column), ranked=Coalesce("priority", Value(0)))
        rows = rows.filter(place__isnull=False) if order is WAITING else rows
        if self.shape.follows:
            within, without = order.beyond(self.at, "place", "pk", self.number)
            later = Q(**within) & ~Q(**without)
            rows = rows.filter(
                Q(ranked__lt=self.shape.rank) | Q(ranked=self.shape.rank) & later if order.ranks else later
            )
        by = "-place" if order.descending else "place", "-pk" if order.descending else "pk"
        return [self._best(rows, *(["-ranked"] if order.ranks else []), *by)]

    def _best(self, conversations: QuerySet[Conversation], *by: str) -> QuerySet[Any, Any]:
        """The first rows of a part."""
        return _keys(conversations.order_by(*(by or self.order.by())), self.order)[: self.shape.most]

    def _best_links(self, links: QuerySet[Any], doubles: int) -> QuerySet[Any, Any]:
        """The same of links, which carry all that a list is sorted by; one conversation may come `doubles` times."""
        best = links.order_by(*self.order.by("conversation_id", copied=True))
        found = _keys(best, self.order, "conversation_id", self.order.copy)
        return (found.distinct() if doubles > 1 else found)[: self.shape.most]


def _page_of_view(
    shape: _Shape, account_id: int, whose: int, team: int, at: datetime, number: int, *teams: Any
) -> QuerySet[Any, Any] | Together:
    """`teams`: all of them as one list, then each by itself."""
    page = _Page(shape, ordering.of(shape.order), account_id, whose, team, at, number)
    together, *each = teams
    parts = [part for status in shape.statuses for part in _parts(page, status, together, each)]
    if len(parts) == 1:
        return parts[0]
    sign = -1 if page.order.descending else 1
    return Together(parts, [*([-3] if page.order.ranks else []), sign * 2, sign], shape.most)


def _parts(page: _Page, status: str, teams: Sequence[int], each: Sequence[int]) -> list[QuerySet[Any, Any]]:
    shape = page.shape
    if shape.kind == "held":
        held = access.seen(shape.sight, page.account_id, teams).filter(merged_into__isnull=True)
        return page.held(held.filter(status=status, assignee_id=page.whose))
    if shape.kind == "mentions" or shape.sight is access.Sight.ASKED:
        return _drawn(page, status, MENTIONS)
    if shape.sight is access.Sight.EVERYTHING:
        return page.of(_living(status).filter(page.holds()))
    return [*_of_teams(page, status, teams, each), *_drawn(page, status)]


def _of_teams(page: _Page, status: str, teams: Sequence[int], each: Sequence[int]) -> list[QuerySet[Any, Any]]:
    """Parts of the teams themselves, of their inboxes, and of what is shared with them."""
    living = _living(status).filter(page.holds())
    shared = SharedTeam.objects.all()
    if page.shape.is_one_part:
        links = page.linked(shared.filter(team_id__in=teams), status, doubles=page.shape.teams)
        return [*page.of(living.filter(access.of_teams(teams))), *links]
    parts = [part for team in each for part in page.linked(shared.filter(team_id=team), status)]
    if page.shape.kind == "team":
        return [*parts, *page.of(living)] if page.shape.is_own else parts
    if page.shape.kind != "teamless":
        parts += [part for team in each for part in page.of(living.filter(team_id=team))]
    teamless = living.filter(team_id__isnull=True, inbox__in=Inbox.objects.filter(team_id__in=teams))
    return [*parts, *page.of(teamless)] if each else parts


def _drawn(page: _Page, status: str, reasons: Sequence[str] = ()) -> list[QuerySet[Any, Any]]:
    """What the account follows, was mentioned or asked in."""
    links = Involvement.objects.filter(account_id=page.account_id)
    links = links.filter(reason__in=reasons) if reasons else links
    return page.linked(links, status, doubles=len(Involvement.Reason))


def _living(status: str) -> QuerySet[Conversation]:
    return Conversation.objects.filter(merged_into__isnull=True, status=status)


def _unindexed(rows: QuerySet[Any], column: str, wanted: int) -> QuerySet[Any]:
    """Written so that no index answers it: rows that few lead to are to be looked at one by one. 0 is none."""
    name = f"looked_{column}"
    found: QuerySet[Any] = rows.annotate(**{name: Coalesce(column, Value(0))}).filter(**{name: wanted})
    return found


def _keys(rows: QuerySet[Any], order: Order, number: str = "pk", column: str | None = None) -> QuerySet[Any, Any]:
    """Of conversations, or of links to them: what a cursor is made of, under the same names."""
    named = {"number_": F(number), "at_": F(column or order.column)} | ({"rank_": F("priority")} if order.ranks else {})
    keys: QuerySet[Any, Any] = rows.annotate(**named).values_list(*named)
    return keys


_pages = Question(_page_of_view)
