"""Named reads: pages of the inbox, counts of its views, and the timeline of one conversation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf

from rapport.channels.models import Inbox
from rapport.conversations import access, counting, locking
from rapport.conversations.errors import UnknownStatus
from rapport.conversations.models import Conversation, ConversationTag, Involvement, Message, ReadMark, SharedTeam
from rapport.events.models import Event
from rapport.people.models import Account, CustomerAddress
from rapport.people.rights import Right
from rapport.rows.asking import Question

PAGE = 50
MAX_PAGE = 200
Status = Conversation.Status
_ALIVE = (Status.OPEN, Status.WAITING, Status.SNOOZED)
_MENTIONS = (Involvement.Reason.MENTIONED, Involvement.Reason.ASKED)
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
    "assignee__name",
    "team__name",
    "who",
)


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
        except ValueError:
            return None
        good = at.tzinfo is not None and number.isascii() and number.isdecimal() and len(number) < 19
        return cls(at, int(number)) if good else None


_NEWEST = Cursor(datetime.max.replace(tzinfo=UTC), 0)


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation in a list. Times are aware UTC; `tags` by name; `unread` is the viewer's (False if neutral)."""

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
    assignee: str
    team: str
    who: str
    tags: tuple[str, ...] = ()
    unread: bool = False

    @property
    def has_attachments(self) -> bool:
        """Whether any message carries a file."""
        return self.attachment_count > 0


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, and where the next page begins (None: this was the last)."""

    rows: list[Row] = field(default_factory=list)
    after: Cursor | None = None


def inbox_page(account: Account, *, view: str, after: Cursor | None = None, limit: int = PAGE) -> Page:
    """A page of a view: mine, unassigned, team:<id>, open, waiting, snoozed, closed, spam, mentions; three queries.

    Raises UnknownStatus for any other view.
    """
    kind, team = _read_view(view)
    limit = max(1, min(limit, MAX_PAGE))
    sight = access.sight_of(account)
    if sight is access.Sight.NOTHING:
        return Page()
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    shape = (kind, sight, after is not None, limit + 1)
    below = after or _NEWEST
    found = _pages.ask(account.pk, teams, team, below.at, below.number, shape=shape)
    return _page([dict(zip(_COLUMNS, row, strict=True)) for row in found], account, limit)


def _page_of_view(
    shape: Any, account_id: int, teams: Sequence[int], team: int, at: datetime, number: int
) -> QuerySet[Any, Any]:
    kind, sight, follows, most = shape
    living = access.seen(sight, account_id, teams).filter(merged_into__isnull=True)
    shown = living.filter(status=Status.OPEN, team_id=team) if kind == "team" else _VIEWS[kind](living, account_id)
    if follows:
        shown = _below(shown, at, number)
    return _annotated(shown.order_by("-last_message_at", "-pk")).values_list(*_COLUMNS)[:most]


def _read_view(view: str) -> tuple[str, int]:
    """A view's kind and team. Raises UnknownStatus."""
    kind, _, number = view.partition(":")
    if kind == "team" and number.isascii() and number.isdecimal() and len(number) < 19:
        return kind, int(number)
    if view not in _VIEWS:
        raise UnknownStatus
    return view, 0


def page_of(conversations: QuerySet[Conversation], account: Account, after: Cursor | None, limit: int = PAGE) -> Page:
    """Any visible conversations as a page, newest first by (last message, number); three queries."""
    limit = max(1, min(limit, MAX_PAGE))
    if after is not None:
        conversations = _below(conversations, after.at, after.number)
    return _page(list(_values(conversations.order_by("-last_message_at", "-pk"))[: limit + 1]), account, limit)


def _below(conversations: QuerySet[Conversation], at: datetime, number: int) -> QuerySet[Conversation]:
    """Those that come after a cursor. The plain bound on the first column lets the index start at the right place."""
    return conversations.filter(last_message_at__lte=at).exclude(last_message_at=at, pk__gte=number)


def _page(found: list[dict[str, Any]], account: Account, limit: int) -> Page:
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return Page(_rows(shown, account), Cursor(last["last_message_at"], last["pk"]) if last else None)


def rows(conversations: QuerySet[Conversation], account: Account, numbers: Sequence[int]) -> list[Row]:
    """Rows of the given numbers that lie in `conversations`, in the given order."""
    found = {row["pk"]: row for row in _values(conversations.filter(pk__in=numbers))}
    return _rows([found[number] for number in numbers if number in found], account)


def row(conversation_id: int) -> Row | None:
    """One conversation as a row that is the same for every viewer: the browser adds unread and mine."""
    found = list(_values(Conversation.objects.filter(pk=conversation_id)))
    return _rows(found, None)[0] if found else None


def counts(account: Account) -> dict[str, int]:
    """How many conversations each view holds: mine, unassigned, open, waiting, snoozed, spam, mentions, team:<id>.

    Two queries: the kept numbers (see counting), and the few conversations seen beyond own teams; a third where
    conversations without a team wait. Closed ones are not counted.
    """
    sight = access.sight_of(account)
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    groups: list[tuple[str, int, int, int]] = []
    if sight is access.Sight.EVERYTHING:
        groups = [(key[0], key[1], key[3], number) for key, number in counting.numbers().items()]
    elif sight is access.Sight.TEAMS:
        own, kept = account.team_ids, counting.numbers()
        teamless = any(key[1] == 0 for key in kept)
        inboxes = {number for (number,) in _inboxes.ask(teams)} if teamless else set()
        groups = [
            (key[0], key[1], key[3], number)
            for key, number in kept.items()
            if key[1] in own or (key[1] == 0 and key[2] in inboxes)
        ]
    mentions = 0
    drawn = _drawn.ask(account.pk, teams, shape=sight) if sight is not access.Sight.NOTHING else []
    for status, team, assignee, is_mention, is_of_teams in drawn:
        mentions += bool(is_mention) and status != Status.SPAM
        if sight is not access.Sight.EVERYTHING and not is_of_teams:
            groups.append((status, team or 0, assignee or 0, 1))
    return {**_totals(groups, account), "mentions": mentions}


def timeline(account: Account, conversation: Conversation) -> list[Message | Event]:
    """Messages and events of a conversation and of what was merged into it, oldest first; the account must see it.

    Taken-back and returned replies are left out (they are drafts again). Colleagues get notes only.
    """
    if not access.conversations_visible_to(account).filter(pk=conversation.pk).exists():
        return []
    return timeline_of(account, locking.family_ids(conversation))


def timeline_of(account: Account, family: Sequence[int]) -> list[Message | Event]:
    """The timeline of a conversation that the account was just found to see, from the ids of its family; two queries."""
    gone = [Message.State.CANCELLED, Message.State.RETURNED]
    messages = access.readable(account, Message.objects.filter(conversation_id__in=family)).exclude(state__in=gone)
    found: list[Message | Event] = list(messages.select_related("author", "customer"))
    if account.may(Right.READ_MESSAGES):
        found += Event.objects.filter(conversation_id__in=family, kind__startswith="conversation.")
    return sorted(found, key=_order)


def _totals(groups: Iterable[tuple[str, int, int, int]], account: Account) -> dict[str, int]:
    """Numbers of the views from groups of (status, team, assignee, number); 0 is no team, nobody."""
    totals: Counter[str] = Counter({"mine": 0, "unassigned": 0, "open": 0, "waiting": 0, "snoozed": 0, "spam": 0})
    for status, team, assignee, number in groups:
        totals[status] += number
        if status != Status.OPEN:
            continue
        totals["mine"] += number if assignee == account.pk else 0
        totals["unassigned"] += number if not assignee else 0
        if team:
            totals[f"team:{team}"] += number
    return dict(totals)


def _drawn_into(sight: access.Sight, account_id: int, teams: Sequence[int]) -> QuerySet[Any, Any]:
    """Counted conversations that the account was drawn into or that are shared with its teams: status, team, assignee,
    whether it was mentioned or asked, whether its teams alone would show it. Found from the short lists of those ids.
    """
    involved = Involvement.objects.filter(account_id=account_id)
    ids = involved.values("conversation_id")
    if sight is access.Sight.TEAMS:
        ids = ids.union(SharedTeam.objects.filter(team_id__in=teams).values("conversation_id"))
    elif sight is access.Sight.ASKED:
        ids = ids.filter(reason__in=_MENTIONS)
    mention = involved.filter(conversation_id=OuterRef("pk"), reason__in=_MENTIONS)
    of_teams = Case(When(access.of_teams(teams), then=Value(1)), default=Value(0)) if teams else Value(0)
    found = Conversation.objects.filter(pk__in=ids, merged_into__isnull=True, status__in=[*_ALIVE, Status.SPAM])
    columns = ("status", "team_id", "assignee_id", Exists(mention), of_teams)
    return found.order_by().values_list(*columns)


def _order(entry: Message | Event) -> tuple[datetime, bool, int]:
    return entry.at, isinstance(entry, Event), entry.pk


def _values(conversations: QuerySet[Conversation]) -> QuerySet[Conversation, dict[str, Any]]:
    found: QuerySet[Conversation, dict[str, Any]] = _annotated(conversations).values(*_COLUMNS)
    return found


def _annotated(conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """With `who`: a customer without a name goes by the first known address."""
    address = CustomerAddress.objects.filter(customer_id=OuterRef("customer_id")).order_by("pk").values("email")[:1]
    empty = Value("")
    who = Coalesce(
        NullIf(F("customer__canonical__name"), empty), NullIf(F("customer__name"), empty), Subquery(address), empty
    )
    return conversations.annotate(who=who)


def _rows(found: Sequence[Mapping[str, Any]], account: Account | None) -> list[Row]:
    ids = [row["pk"] for row in found]
    tags: dict[int, list[str]] = {}
    for pk, name in _tags.ask(ids):
        tags.setdefault(pk, []).append(name)
    marks = dict(_marks.ask(account.pk, ids)) if account is not None else {}
    reads = account is None or account.may(Right.READ_MESSAGES)
    return [
        _row(row, tags=tags.get(row["pk"], []), read=marks.get(row["pk"], 0) if account else None, reads=reads)
        for row in found
    ]


def _row(found: Mapping[str, Any], *, tags: list[str], read: int | None, reads: bool) -> Row:
    columns = {name: found[name] for name in _COLUMNS if "__" not in name and name != "pk"}
    if not reads:
        columns |= {"preview": "", "attachment_count": 0, "held_count": 0, "attention": ""}
    return Row(
        number=found["pk"],
        assignee=found["assignee__name"] or "",
        team=found["team__name"] or "",
        tags=tuple(tags),
        unread=read is not None and read < found["last_message_id"],
        **columns,
    )


def _mentions(living: QuerySet[Conversation], account_id: int) -> QuerySet[Conversation]:
    mine = Involvement.objects.filter(account_id=account_id, reason__in=_MENTIONS)
    return living.filter(status__in=_ALIVE, pk__in=mine.values("conversation_id"))


_inboxes = Question(lambda teams: Inbox.objects.filter(team_id__in=teams).values_list("pk"))
_drawn = Question(_drawn_into)
_pages = Question(_page_of_view)
_tags = Question(
    lambda ids: (
        ConversationTag.objects.filter(conversation_id__in=ids)
        .order_by("tag__folded")
        .values_list("conversation_id", "tag__name")
    )
)
_marks = Question(
    lambda account_id, ids: ReadMark.objects.filter(account_id=account_id, conversation_id__in=ids).values_list(
        "conversation_id", "message_id"
    )
)
_VIEWS: dict[str, Callable[[QuerySet[Conversation], int], QuerySet[Conversation]]] = {
    "mine": lambda living, account_id: living.filter(status=Status.OPEN, assignee_id=account_id),
    "unassigned": lambda living, _account: living.filter(status=Status.OPEN, assignee__isnull=True),
    "open": lambda living, _account: living.filter(status=Status.OPEN),
    "waiting": lambda living, _account: living.filter(status=Status.WAITING),
    "snoozed": lambda living, _account: living.filter(status=Status.SNOOZED),
    "closed": lambda living, _account: living.filter(status=Status.CLOSED),
    "spam": lambda living, _account: living.filter(status=Status.SPAM),
    "mentions": _mentions,
}
