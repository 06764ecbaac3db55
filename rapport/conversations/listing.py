"""Named reads: pages of the inbox and counts of its views."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from rapport.channels.models import Inbox
from rapport.conversations import access, catalogue, counting, looking, viewing
from rapport.conversations.filtering import Filter
from rapport.conversations.models import Conversation, ConversationTag, Involvement, ReadMark, SharedTeam
from rapport.conversations.ordering import ACTIVITY, Order
from rapport.conversations.sent import sent_by
from rapport.conversations.viewing import ALIVE, MENTIONS, Cursor
from rapport.people.models import Account, CustomerAddress
from rapport.people.rights import Right
from rapport.rows.asking import Question

PAGE = 50
MAX_PAGE = 200
Status = Conversation.Status
_COUNTED = (*ALIVE, Status.SPAM)
# What a row is made of: plain columns of few tables, so that a page costs no model instances.
_COLUMNS = (
    "pk",
    "subject",
    "preview",
    "channel",
    "status",
    "priority",
    "stage",
    "last_message_at",
    "last_message_id",
    "waiting_since",
    "snoozed_until",
    "message_count",
    "attachment_count",
    "held_count",
    "attention",
    "customer_id",
    "assignee_id",
    "team_id",
    "inbox_id",
    "created_at",
    "own_status_id",
    "assignee__name",
    "team__name",
    "inbox__name",
    "who",
)
# So many of them a row has in the same order; what follows is not as it is read.
_AS_THEY_ARE = _COLUMNS.index("own_status_id")
_STATUS, _LAST = _COLUMNS.index("status"), _COLUMNS.index("last_message_id")


class Row(NamedTuple):
    """One conversation in a list. Times are aware UTC; `own_status`: the name of the company's own status within
    `status`, if it has one; `tags`: (name, colour) by name; `unread` is the viewer's (False if neutral)."""

    number: int
    subject: str
    preview: str
    channel: str
    status: str
    priority: int
    stage: str
    last_message_at: datetime
    last_message_id: int
    waiting_since: datetime | None
    snoozed_until: datetime | None
    message_count: int
    attachment_count: int
    held_count: int
    attention: str
    customer_id: int | None
    assignee_id: int | None
    team_id: int | None
    inbox_id: int | None
    created_at: datetime
    assignee: str
    team: str
    inbox: str
    who: str
    own_status: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    unread: bool = False

    @property
    def has_attachments(self) -> bool:
        """Whether any message carries a file."""
        return self.attachment_count > 0


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in their order, and where the next page begins (None: this was the last). `is_full` is false where nobody
    knows yet whether anything more comes after (see looking)."""

    rows: list[Row] = field(default_factory=list)
    after: Cursor | None = None
    is_full: bool = True


def inbox_page(
    account: Account, *, view: str, after: Cursor | None = None, limit: int = PAGE, order: Order = ACTIVITY
) -> Page:
    """A page of a standard view: mine, unassigned, longest, mentions, all, team:<id>, sent or a status; four queries.

    Raises UnknownStatus for any other view.
    """
    limit = max(1, min(limit, MAX_PAGE))
    if view == "sent":
        found = sent_by(account, after=after, limit=limit)
        return page_of_keys(account, found.keys, after=found.after)
    return page_within(account, inbox_keys(account, view=view, after=after, limit=limit, order=order), limit)


def inbox_keys(
    account: Account, *, view: str, after: Cursor | None = None, limit: int = PAGE, order: Order = ACTIVITY
) -> list[Cursor]:
    """What stands on a page of such a view but `sent`, and one more if anything follows; one query."""
    most = max(1, min(limit, MAX_PAGE)) + 1
    return viewing.keys_in(account, viewing.wanted_of(account, view), order=order, after=after, most=most)


def expect_inbox_page(account: Account, *, view: str, limit: int = PAGE, order: Order = ACTIVITY) -> None:
    """Bring along the ids of the first page of such a view. Raises UnknownStatus."""
    if view != "sent":
        viewing.expect_keys(
            account, viewing.wanted_of(account, view), order=order, most=max(1, min(limit, MAX_PAGE)) + 1
        )


def expect_rows(account: Account, keys: Sequence[Cursor], limit: int) -> None:
    """Bring along the rows of these keys."""
    ids = [key.number for key in keys[:limit]]
    _by_ids.expect(ids)
    _tags.expect(ids)
    _marks.expect(account.pk, ids)


def view_page(
    account: Account, chosen: Filter, *, order: Order = ACTIVITY, after: Cursor | None = None, limit: int = PAGE
) -> Page:
    """A page of what a filter holds for and the account may see."""
    found = looking.page(account, chosen, order=order, after=after, limit=max(1, min(limit, MAX_PAGE)))
    page = page_of_keys(account, found.keys, after=found.after)
    return Page(page.rows, page.after, is_full=found.is_full or found.after is None)


def page_within(account: Account, keys: Sequence[Cursor], limit: int) -> Page:
    """The same of as many keys; with one more, others follow."""
    return page_of_keys(account, keys[:limit], after=keys[limit - 1] if len(keys) > limit else None)


def page_of_keys(account: Account, keys: Sequence[Cursor], *, after: Cursor | None) -> Page:
    """A page of conversations that the account was just found to see, in their order."""
    return Page(_rows(_found([key.number for key in keys], account), account), after)


def page_of_ids(account: Account, ids: Sequence[int], limit: int) -> Page:
    """A page of ids that the account was just found to see, in their order; with one more than `limit`, others follow."""
    shown = _rows(_found(ids[:limit], account), account)
    return Page(shown, _cursor(shown[-1]) if shown and len(ids) > limit else None)


def page_of(conversations: QuerySet[Conversation], account: Account, after: Cursor | None, limit: int = PAGE) -> Page:
    """Any visible conversations as a page, newest first by (last message, number); three queries."""
    limit = max(1, min(limit, MAX_PAGE))
    if after is not None:
        conversations = viewing.below(conversations, after.at, after.number)
    found = list(_values(conversations.order_by("-last_message_at", "-pk"))[: limit + 1])
    shown = _rows(found[:limit], account)
    return Page(shown, _cursor(shown[-1]) if len(found) > limit else None)


def _found(ids: Sequence[int], account: Account) -> list[tuple[Any, ...]]:
    """The columns of these conversations, in this order. What else `_rows` asks of them comes along."""
    _tags.expect(ids)
    _marks.expect(account.pk, ids)
    found = {row[0]: row for row in _by_ids.ask(ids)}
    return [found[number] for number in ids if number in found]


def _cursor(last: Row) -> Cursor:
    return Cursor(last.last_message_at, last.number)


def rows(conversations: QuerySet[Conversation], account: Account, numbers: Sequence[int]) -> list[Row]:
    """Rows of the given numbers that lie in `conversations`, in the given order."""
    found = {row[0]: row for row in _values(conversations.filter(pk__in=numbers))}
    return _rows([found[number] for number in numbers if number in found], account)


def row(conversation_id: int) -> Row | None:
    """One conversation as a row that is the same for every viewer: the browser adds unread and mine."""
    found = _rows(_by_ids.ask([conversation_id]), None)
    return found[0] if found else None


def counts(account: Account) -> dict[str, int]:
    """How many conversations each view holds: mine, unassigned, open, waiting, snoozed, spam, mentions, team:<id>.

    Two queries: the kept numbers (see counting), and the few conversations seen beyond own teams. Closed ones are not
    counted.
    """
    sight = access.sight_of(account)
    if sight is access.Sight.NOTHING:
        return _totals([]) | {"mentions": 0}
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    _drawn.expect(account.pk, teams, shape=sight)
    sums: counting.Sums = []
    if sight is access.Sight.EVERYTHING:
        sums = counting.sums(account.pk, None)
    elif teams:
        sums = counting.sums(account.pk, teams)
    mentions = 0
    for is_mentions, status, team, holder, number in _drawn.ask(account.pk, teams, shape=sight):
        if is_mentions:
            mentions += number if status != Status.SPAM else 0
        else:
            sums.append((status, team or 0, number, 0 if holder else number, number if holder == account.pk else 0))
    return _totals(sums) | {"mentions": mentions}


def expect_counts(account: Account) -> None:
    """Bring along what `counts` asks."""
    sight = access.sight_of(account)
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    if sight is access.Sight.EVERYTHING or teams:
        counting.expect_sums(account.pk, None if sight is access.Sight.EVERYTHING else teams)
    if sight is not access.Sight.NOTHING:
        _drawn.expect(account.pk, teams, shape=sight)


def _totals(sums: counting.Sums) -> dict[str, int]:
    """Numbers of the views from sums of (status, team, all, nobody's, mine); team 0 is none."""
    totals: Counter[str] = Counter({"mine": 0, "unassigned": 0, "open": 0, "waiting": 0, "snoozed": 0, "spam": 0})
    for status, team, held, nobodys, mine in sums:
        totals[status] += held
        if status != Status.OPEN:
            continue
        totals["mine"] += mine
        totals["unassigned"] += nobodys
        if team:
            totals[f"team:{team}"] += held
    return dict(totals)


def _drawn_into(sight: access.Sight, account_id: int, teams: Sequence[int]) -> QuerySet[Any, Any]:
    """Numbers of the counted conversations that the account was drawn into or that are shared with its teams, where its
    teams alone do not show them, by status, team and assignee; and, marked so, of those it was mentioned or asked in.

    Asked of what leads there, which carries all of it (models.Listed): they lie far apart among the conversations.
    """
    involved = Involvement.objects.filter(account_id=account_id, status__in=_COUNTED)
    mentioned = involved.filter(reason__in=MENTIONS)
    parts = [_numbers(mentioned, is_mentions=1)]
    if sight is access.Sight.ASKED:
        parts.append(_numbers(mentioned))
    elif sight is access.Sight.TEAMS:
        parts.append(_numbers(_beyond(involved, teams)))
    if sight is access.Sight.TEAMS and teams:
        # One that both lead to is counted by its involvement.
        there = involved.filter(conversation_id=OuterRef("conversation_id"))
        shared = SharedTeam.objects.filter(team_id__in=teams, status__in=_COUNTED)
        parts.append(_numbers(_beyond(shared, teams).filter(~Exists(there))))
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def _beyond(links: QuerySet[Any], teams: Sequence[int]) -> QuerySet[Any]:
    """Those that lead to what access.of_teams does not show."""
    inboxes = Inbox.objects.filter(team_id__in=teams).values("pk")
    return links.exclude(Q(in_team__in=teams) | Q(in_team__isnull=True, in_inbox__in=inboxes)) if teams else links


def _numbers(links: QuerySet[Any], is_mentions: int = 0) -> QuerySet[Any, Any]:
    """How many conversations the links lead to; several may lead to the same one. Mentions go by their status alone."""
    by = (Value(0), Value(0)) if is_mentions else (F("in_team"), F("held_by"))
    named = links.annotate(is_mentions_=Value(is_mentions), team_=by[0], holder_=by[1])
    by_those = named.values_list("is_mentions_", "status", "team_", "holder_")
    counted: QuerySet[Any, Any] = by_those.annotate(held=Count("conversation_id", distinct=True)).order_by()
    return counted


def _values(conversations: QuerySet[Conversation]) -> QuerySet[Conversation, tuple[Any, ...]]:
    found: QuerySet[Conversation, tuple[Any, ...]] = _annotated(conversations).values_list(*_COLUMNS)
    return found


def _annotated(conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """With `who`: a customer without a name goes by the first known address."""
    address = CustomerAddress.objects.filter(customer_id=OuterRef("customer_id")).order_by("pk").values("email")[:1]
    empty = Value("")
    who = Coalesce(
        NullIf(F("customer__canonical__name"), empty), NullIf(F("customer__name"), empty), Subquery(address), empty
    )
    return conversations.annotate(who=who)


def _rows(found: Sequence[tuple[Any, ...]], account: Account | None) -> list[Row]:
    ids = [row[0] for row in found]
    tags: dict[int, list[tuple[str, str]]] = {}
    for pk, name, colour in _tags.ask(ids):
        tags.setdefault(pk, []).append((name, colour))
    marks = dict(_marks.ask(account.pk, ids)) if account is not None else None
    rows = [_row(row, tags.get(row[0], ()), marks) for row in found]
    if account is None or account.may(Right.READ_MESSAGES):
        return rows
    return [row._replace(preview="", attachment_count=0, held_count=0, attention="") for row in rows]


def _row(found: tuple[Any, ...], tags: Collection[tuple[str, str]], marks: Mapping[int, int] | None) -> Row:
    own_status, assignee, team, inbox, who = found[_AS_THEY_ARE:]
    named = _own_status(found[_STATUS], own_status) if own_status is not None else ""
    unread = marks is not None and marks.get(found[0], 0) < found[_LAST]
    beside = (assignee or "", team or "", inbox or "", who, named, tuple(tags), unread)
    return Row._make(found[:_AS_THEY_ARE] + beside)


def _own_status(status: str, own_id: int) -> str:
    own = catalogue.read().statuses.get(own_id)
    return own.name if own is not None and own.kind == status else ""


_drawn = Question(_drawn_into)
_by_ids = Question(lambda ids: _annotated(Conversation.objects.filter(pk__in=ids)).order_by().values_list(*_COLUMNS))
_tags = Question(
    lambda ids: (
        ConversationTag.objects.filter(conversation_id__in=ids, tag__canonical__isnull=True)
        .order_by("tag__folded")
        .values_list("conversation_id", "tag__name", "tag__colour")
    )
)
_marks = Question(
    lambda account_id, ids: ReadMark.objects.filter(account_id=account_id, conversation_id__in=ids).values_list(
        "conversation_id", "message_id"
    )
)
