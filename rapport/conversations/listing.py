"""Named reads: pages of the inbox, counts of its views, and the timeline of one conversation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf

from rapport.conversations import access, locking
from rapport.conversations.errors import UnknownStatus
from rapport.conversations.models import Conversation, ConversationTag, Involvement, Message, ReadMark
from rapport.events.models import Event
from rapport.people.models import Account, CustomerAddress
from rapport.people.rights import Right

PAGE = 50
MAX_PAGE = 200
Status = Conversation.Status
_ALIVE = (Status.OPEN, Status.WAITING, Status.SNOOZED)
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
    """A page of a view: mine, unassigned, team:<id>, open, waiting, snoozed, closed, spam, mentions.

    Raises UnknownStatus for any other view.
    """
    return page_of(in_view(access.conversations_visible_to(account), view=view, account=account), account, after, limit)


def in_view(conversations: QuerySet[Conversation], *, view: str, account: Account) -> QuerySet[Conversation]:
    """The living conversations of a view. Raises UnknownStatus."""
    living = conversations.filter(merged_into__isnull=True)
    kind, _, number = view.partition(":")
    if kind == "team" and number.isascii() and number.isdecimal() and len(number) < 19:
        return living.filter(status=Status.OPEN, team_id=int(number))
    if view not in _VIEWS:
        raise UnknownStatus
    return _VIEWS[view](living, account)


def page_of(conversations: QuerySet[Conversation], account: Account, after: Cursor | None, limit: int = PAGE) -> Page:
    """Any visible conversations as a page, newest first by (last message, number); three queries."""
    limit = max(1, min(limit, MAX_PAGE))
    if after is not None:
        # The plain bound on the first column lets the index start at the right place.
        conversations = conversations.filter(last_message_at__lte=after.at).exclude(
            last_message_at=after.at, pk__gte=after.number
        )
    found = list(_values(conversations.order_by("-last_message_at", "-pk"))[: limit + 1])
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    cursor = Cursor(last["last_message_at"], last["pk"]) if last else None
    return Page(_rows(shown, account), cursor)


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

    Two queries, told from an index alone; closed ones are not counted.
    """
    visible = access.conversations_visible_to(account).filter(merged_into__isnull=True)
    holder = Case(
        When(assignee_id=account.pk, then=Value("me")), When(assignee_id=None, then=Value("nobody")), default=Value("")
    )
    groups = (
        visible.filter(status__in=[*_ALIVE, Status.SPAM])
        .values("status", "team_id", holder=holder)
        .annotate(held=Count("pk"))
        .order_by()
    )
    totals: Counter[str] = Counter({"mine": 0, "unassigned": 0, "open": 0, "waiting": 0, "snoozed": 0, "spam": 0})
    for group in groups:
        number = group["held"]
        totals[group["status"]] += number
        if group["status"] != Status.OPEN:
            continue
        totals["mine"] += number if group["holder"] == "me" else 0
        totals["unassigned"] += number if group["holder"] == "nobody" else 0
        if group["team_id"] is not None:
            totals[f"team:{group['team_id']}"] += number
    totals["mentions"] = _mentions(visible, account).count()
    return dict(totals)


def timeline(account: Account, conversation: Conversation) -> list[Message | Event]:
    """Messages and events of a conversation and of what was merged into it, oldest first; the account must see it.

    Taken-back and returned replies are left out (they are drafts again). Colleagues get notes only.
    """
    if not access.conversations_visible_to(account).filter(pk=conversation.pk).exists():
        return []
    family = locking.family_ids(conversation)
    gone = [Message.State.CANCELLED, Message.State.RETURNED]
    messages = access.readable(account, Message.objects.filter(conversation_id__in=family)).exclude(state__in=gone)
    found: list[Message | Event] = list(messages.select_related("author", "customer"))
    if account.may(Right.READ_MESSAGES):
        found += Event.objects.filter(conversation_id__in=family, kind__startswith="conversation.")
    return sorted(found, key=_order)


def _order(entry: Message | Event) -> tuple[datetime, bool, int]:
    return entry.at, isinstance(entry, Event), entry.pk


def _values(conversations: QuerySet[Conversation]) -> QuerySet[Conversation, dict[str, Any]]:
    """Columns of the rows. A customer without a name goes by the first known address."""
    address = CustomerAddress.objects.filter(customer_id=OuterRef("customer_id")).order_by("pk").values("email")[:1]
    empty = Value("")
    who = Coalesce(
        NullIf(F("customer__canonical__name"), empty), NullIf(F("customer__name"), empty), Subquery(address), empty
    )
    found: QuerySet[Conversation, dict[str, Any]] = conversations.annotate(who=who).values(*_COLUMNS)
    return found


def _rows(found: Sequence[Mapping[str, Any]], account: Account | None) -> list[Row]:
    ids = [row["pk"] for row in found]
    tags: dict[int, list[str]] = {}
    for pk, name in (
        ConversationTag.objects.filter(conversation_id__in=ids)
        .order_by("tag__folded")
        .values_list("conversation_id", "tag__name")
    ):
        tags.setdefault(pk, []).append(name)
    marks: dict[int, int] = {}
    if account is not None:
        read = ReadMark.objects.filter(account_id=account.pk, conversation_id__in=ids)
        marks = dict(read.values_list("conversation_id", "message_id"))
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


def _mentions(living: QuerySet[Conversation], account: Account) -> QuerySet[Conversation]:
    reasons = [Involvement.Reason.MENTIONED, Involvement.Reason.ASKED]
    mine = Involvement.objects.filter(account_id=account.pk, reason__in=reasons)
    return living.filter(status__in=_ALIVE, pk__in=mine.values("conversation_id"))


_VIEWS: dict[str, Callable[[QuerySet[Conversation], Account], QuerySet[Conversation]]] = {
    "mine": lambda living, account: living.filter(status=Status.OPEN, assignee_id=account.pk),
    "unassigned": lambda living, _account: living.filter(status=Status.OPEN, assignee__isnull=True),
    "open": lambda living, _account: living.filter(status=Status.OPEN),
    "waiting": lambda living, _account: living.filter(status=Status.WAITING),
    "snoozed": lambda living, _account: living.filter(status=Status.SNOOZED),
    "closed": lambda living, _account: living.filter(status=Status.CLOSED),
    "spam": lambda living, _account: living.filter(status=Status.SPAM),
    "mentions": _mentions,
}
