"""What somebody's day begins with: bounded named reads along indexes, each of what the account may see now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from rapport.conversations import access, viewing
from rapport.conversations.models import Conversation, Draft, Message
from rapport.conversations.ordering import WAITING
from rapport.events.models import Event
from rapport.people.models import Account
from rapport.rows.asking import Question

Status = Conversation.Status
MOST_EVENTS = 400
_REPLIED, _CLOSED = "message.replied", "conversation.closed"


@dataclass(frozen=True, slots=True)
class Begun:
    """Words of one's own that have not left: a draft, or a reply that is held until `at`."""

    conversation: int | None
    subject: str
    kind: str
    at: datetime
    because: str = ""


@dataclass(frozen=True, slots=True)
class Achieved:
    """How many conversations were answered and closed, by everybody whose work one sees and by oneself."""

    answered: int = 0
    closed: int = 0
    own_answered: int = 0
    own_closed: int = 0
    is_bounded: bool = False


def waiting_longest(account: Account, view: str, most: int) -> list[int]:
    """Conversations of a standard view (mine, unassigned) in which a customer waits, the longest first."""
    wanted = viewing.wanted_of(account, view)
    return [key.number for key in viewing.keys_in(account, wanted, order=WAITING, after=None, most=most)]


def back_until(account: Account, until: datetime, most: int) -> list[int]:
    """Conversations of the account that come back from their snooze by this time, the soonest first."""
    return [number for (number,) in _ask(_back, account, most, until)]


def drafts_of(account: Account, most: int, *, returned: bool) -> list[Begun]:
    """What the account has begun to write, the newest first; or the replies that came back to it."""
    found = _drafts.ask(account.pk, shape=(most, returned))
    seen = visible(account, [row[0] for row in found if row[0]])
    return [Begun(*row) for row in found if row[0] is None or row[0] in seen]


def held_by(account: Account, after: datetime, most: int) -> list[Begun]:
    """Replies of the account that go out later than `after`, the next first."""
    found = _held.ask(account.pk, after, shape=most)
    seen = visible(account, [row[0] for row in found])
    return [Begun(number, subject, "held", at) for number, subject, at in found if number in seen]


def achieved_since(account: Account, since: datetime) -> Achieved:
    """What was done since then, as far as the account sees it; counted up to MOST_EVENTS events of each kind."""
    done = {kind: _happened.ask(kind, since) for kind in (_REPLIED, _CLOSED)}
    numbers = sorted({number for rows in done.values() for number, _ in rows})
    seen = visible(account, numbers)
    all_of = {kind: {number for number, _ in rows if number in seen} for kind, rows in done.items()}
    own = {kind: {number for number, by in rows if by == account.pk} & seen for kind, rows in done.items()}
    return Achieved(
        answered=len(all_of[_REPLIED]),
        closed=len(all_of[_CLOSED]),
        own_answered=len(own[_REPLIED]),
        own_closed=len(own[_CLOSED]),
        is_bounded=any(len(rows) == MOST_EVENTS for rows in done.values()),
    )


def visible(account: Account, numbers: Sequence[int]) -> set[int]:
    """Those of these conversations that the account may see. One statement, none for nothing."""
    if not numbers:
        return set()
    sight = access.sight_of(account)
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    return {number for (number,) in _visible.ask(account.pk, teams, sorted(set(numbers)), shape=sight)}


def _ask(question: Question, account: Account, most: int, *more: datetime) -> list[tuple[Any, ...]]:
    sight = access.sight_of(account)
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    return question.ask(account.pk, teams, *more, shape=(sight, most))


def _mine(sight: access.Sight, account_id: int, teams: Sequence[int], status: Status) -> QuerySet[Conversation]:
    seen = access.seen(sight, account_id, teams)
    return seen.filter(merged_into__isnull=True, assignee_id=account_id, status=status)


def _back_of(
    shape: tuple[access.Sight, int], account_id: int, teams: Sequence[int], until: datetime
) -> QuerySet[Any, Any]:
    mine = _mine(shape[0], account_id, teams, Status.SNOOZED).filter(snoozed_until__lte=until)
    return mine.order_by("snoozed_until", "pk").values_list("pk")[: shape[1]]


def _drafts_of(shape: tuple[int, bool], account_id: int) -> QuerySet[Any, Any]:
    drafts = Draft.objects.filter(author_id=account_id)
    drafts = drafts.exclude(returned_because="") if shape[1] else drafts.filter(returned_because="")
    columns = ("conversation_id", "conversation__subject", "kind", "updated_at", "returned_because")
    return drafts.order_by("-updated_at").values_list(*columns)[: shape[0]]


_back = Question(_back_of)
_drafts = Question(_drafts_of)
_held = Question(
    lambda most, account_id, after: (
        # The author is written so that no index answers it: few messages are held, and an author wrote many.
        Message.objects.annotate(by=Coalesce("author_id", Value(0)))
        .filter(state=Message.State.HELD, release_at__gt=after, by=account_id)
        .order_by("release_at")
        .values_list("conversation_id", "conversation__subject", "release_at")[:most]
    )
)
_happened = Question(
    lambda kind, since: (
        Event.objects.filter(kind=kind, at__gte=since, historic=False)
        .order_by("-at")
        .values_list("conversation_id", "actor_id")[:MOST_EVENTS]
    )
)
_visible = Question(
    lambda sight, account_id, teams, numbers: (
        access.seen(sight, account_id, teams).filter(pk__in=numbers).values_list("pk")
    )
)
