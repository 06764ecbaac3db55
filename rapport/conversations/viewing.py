"""Which conversations stand in a view, and for whom: ids, newest message first, read along indexes.

What an account sees comes together from parts: each of its teams, the teamless conversations of its teams' inboxes, what
it was drawn into, what is shared with its teams. Each part gives at most a page from an index of its own, so that a page
costs as much where a team holds ten of a million conversations as where it holds them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from rapport.channels.models import Inbox
from rapport.conversations import access
from rapport.conversations.errors import UnknownStatus
from rapport.conversations.models import Conversation, Involvement, SharedTeam
from rapport.people.models import Account
from rapport.rows.asking import Question

Status = Conversation.Status
ALIVE = (Status.OPEN, Status.WAITING, Status.SNOOZED)
MENTIONS = (Involvement.Reason.MENTIONED, Involvement.Reason.ASKED)
# Beyond so many teams one part stands for all of them: somebody who is in all teams sees nearly everything.
MOST_PARTS = 64
_STATUS = {"mine": Status.OPEN, "unassigned": Status.OPEN, "team": Status.OPEN, "mentions": Status.OPEN} | {
    status.value: status for status in Status
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page; the next page begins below it."""

    at: datetime
    number: int

    def __str__(self) -> str:
        # A plus sign would be read as a blank in an address.
        return f"{self.at.isoformat().replace('+00:00', 'Z')}~{self.number}"

    @classmethod
    def read(cls, written: str) -> Cursor | None:
        """The reverse of `str`; None for what is not one."""
        moment, _, number = written.rpartition("~")
        try:
            at = datetime.fromisoformat(moment)
            at = at.astimezone(UTC) if at.tzinfo else at
        except (ValueError, OverflowError):
            return None
        good = at.tzinfo is not None and number.isascii() and number.isdecimal() and len(number) < 19
        return cls(at, int(number)) if good else None


NEWEST = Cursor(datetime.max.replace(tzinfo=UTC), 0)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement depends on besides its values."""

    kind: str
    sight: access.Sight
    follows: bool
    most: int
    teams: int
    is_own: bool


def ids_in(account: Account, *, view: str, after: Cursor | None, most: int) -> list[int]:
    """The first `most` conversations of a view, below the cursor. Raises UnknownStatus. One query."""
    kind, team = _read(view)
    sight = access.sight_of(account)
    if sight is access.Sight.NOTHING:
        return []
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    shape = _Shape(kind, sight, after is not None, most, len(teams), team in teams)
    below = after or NEWEST
    each = teams if len(teams) <= MOST_PARTS else []
    found = _pages.ask(account.pk, team, below.at, below.number, teams, *each, shape=shape)
    return [number for number, _ in found]


def ids_of(
    conversations: QuerySet[Conversation], statuses: Sequence[str], after: Cursor | None, most: int
) -> list[int]:
    """The first `most` of any conversations of these statuses, below the cursor. One query.

    Status by status, because the index by time begins with it: each part ends where it has a page.
    """
    parts = []
    for status in statuses:
        found = conversations.filter(status=status)
        found = below(found, after.at, after.number) if after else found
        best = found.order_by("-last_message_at", "-pk").values("pk")[:most]
        parts.append(_keys(Conversation.objects.filter(pk__in=best)))
    if not parts:
        return []
    together = parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]
    return [number for number, _ in together.order_by("-last_message_at", "-pk")[:most]]


def below(conversations: QuerySet[Any], at: datetime, number: int, column: str = "pk") -> QuerySet[Any]:
    """Those that come after a cursor. The plain bound on the first column lets the index start at the right place."""
    return conversations.filter(last_message_at__lte=at).exclude(**{"last_message_at": at, f"{column}__gte": number})


def _read(view: str) -> tuple[str, int]:
    """A view's kind and team. Raises UnknownStatus."""
    kind, _, number = view.partition(":")
    if kind == "team" and number.isascii() and number.isdecimal() and len(number) < 19:
        return kind, int(number)
    if view not in _STATUS or view == "team":
        raise UnknownStatus
    return view, 0


@dataclass(frozen=True, slots=True)
class _Page:
    """One page to be read: who asks, for what, from where."""

    shape: _Shape
    account_id: int
    team: int
    at: datetime
    number: int

    def of(self, conversations: QuerySet[Conversation]) -> QuerySet[Any, Any]:
        """The best of a part. The ids stand inside, because SQLite knows no limit within a UNION."""
        best = self.cut(conversations).order_by("-last_message_at", "-pk").values("pk")[: self.shape.most]
        return _keys(Conversation.objects.filter(pk__in=best))

    def cut(self, rows: QuerySet[Any], column: str = "pk") -> QuerySet[Any]:
        """Those below the cursor, if there is one."""
        return below(rows, self.at, self.number, column) if self.shape.follows else rows

    def holds(self) -> Q:
        """What the view asks of a conversation besides its status."""
        if self.shape.kind == "unassigned":
            return Q(assignee__isnull=True)
        return Q(team_id=self.team) if self.shape.kind == "team" else Q()

    def linked(self, links: QuerySet[Any], status: Status, doubles: int = 1) -> QuerySet[Any, Any]:
        """The best of those that links lead to; one conversation may come up to `doubles` times."""
        links = self.cut(links.filter(status=status), "conversation_id")
        if self.shape.kind in ("unassigned", "team"):
            # Written so that no index answers it: the few that links lead to are to be looked at one by one.
            column, wanted = ("team_id", self.team) if self.shape.kind == "team" else ("assignee_id", 0)
            there = Conversation.objects.annotate(held=Coalesce(column, Value(0))).filter(held=wanted)
            return self.of(there.filter(pk__in=links.values("conversation_id")))
        best = links.order_by("-last_message_at", "-conversation_id").values("conversation_id")
        return _keys(Conversation.objects.filter(pk__in=best[: self.shape.most * doubles]))


def _page_of_view(
    shape: _Shape, account_id: int, team: int, at: datetime, number: int, teams: Sequence[int], *each: int
) -> QuerySet[Any, Any]:
    page = _Page(shape, account_id, team, at, number)
    status = _STATUS[shape.kind]
    if shape.kind == "mine":
        mine = access.seen(shape.sight, account_id, teams).filter(merged_into__isnull=True)
        parts = [page.of(mine.filter(status=status, assignee_id=account_id))]
    elif shape.kind == "mentions":
        parts = [_drawn(page, one, MENTIONS) for one in ALIVE]
    elif shape.sight is access.Sight.EVERYTHING:
        parts = [page.of(_living(status).filter(page.holds()))]
    elif shape.sight is access.Sight.ASKED:
        parts = [_drawn(page, status, MENTIONS)]
    else:
        parts = [*_of_teams(page, status, teams, each), _drawn(page, status)]
    first, *rest = parts
    together = first.union(*rest) if rest else first
    return together.order_by("-last_message_at", "-pk")[: shape.most]


def _of_teams(page: _Page, status: Status, teams: Sequence[int], each: Sequence[int]) -> list[QuerySet[Any, Any]]:
    """Parts of the teams themselves, of their inboxes, and of what is shared with them."""
    living = _living(status).filter(page.holds())
    shared = SharedTeam.objects.all()
    if page.shape.teams > MOST_PARTS:
        links = page.linked(shared.filter(team_id__in=teams), status, doubles=page.shape.teams)
        return [page.of(living.filter(access.of_teams(teams))), links]
    parts = [page.linked(shared.filter(team_id=team), status) for team in each]
    if page.shape.kind == "team":
        return [*parts, page.of(living)] if page.shape.is_own else parts
    parts += [page.of(living.filter(team_id=team)) for team in each]
    teamless = living.filter(team_id__isnull=True, inbox__in=Inbox.objects.filter(team_id__in=teams))
    return [*parts, page.of(teamless)] if each else parts


def _drawn(page: _Page, status: Status, reasons: Sequence[str] = ()) -> QuerySet[Any, Any]:
    """What the account follows, was mentioned or asked in."""
    links = Involvement.objects.filter(account_id=page.account_id)
    links = links.filter(reason__in=reasons) if reasons else links
    return page.linked(links, status, doubles=len(Involvement.Reason))


def _living(status: Status) -> QuerySet[Conversation]:
    return Conversation.objects.filter(merged_into__isnull=True, status=status)


def _keys(conversations: QuerySet[Conversation]) -> QuerySet[Any, Any]:
    return conversations.order_by().values_list("pk", "last_message_at")


_pages = Question(_page_of_view)
