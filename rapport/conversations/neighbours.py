"""What stands beside a conversation, as plain rows: talks with others about it, conversations linked with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from rapport.conversations import access
from rapport.conversations.models import Conversation, Draft, Link, Participant, SideConversation
from rapport.people.models import Account
from rapport.rows.asking import Question

MOST = 100


@dataclass(frozen=True, slots=True)
class Side:
    """A side conversation. `who`: the first of the people it is held with; `messages` counts what went out or came;
    `writes`: who wrote last at a letter to them that has not been sent."""

    number: int
    is_forward: bool
    done_at: datetime | None
    subject: str
    answered_at: datetime | None
    wrote_at: datetime | None
    held: int
    attention: str
    messages: int
    who: str
    writes: int | None

    @property
    def state(self) -> str:
        """new (nothing has gone out), held (a stranger's message waits), done, answered or waiting (for them)."""
        if self.held:
            return "held"
        if not self.messages:
            return "new"
        if self.done_at is not None:
            return "done"
        return "answered" if self.answered_at and self.answered_at >= (self.wrote_at or self.answered_at) else "waiting"


@dataclass(frozen=True, slots=True)
class Linked:
    """A conversation at the other end of a link. `role`: related, problem, incident, parent or child; without a number
    the viewer may not see it."""

    link: int
    role: str
    number: int | None = None
    subject: str = ""
    status: str = ""


def sides(family: Sequence[int]) -> list[Side]:
    """Side conversations of a conversation that was just found to be seen, newest first; at most 100. One statement."""
    return [Side(*row) for row in _sides.ask(family)]


def linked(account: Account, family: Sequence[int]) -> list[Linked]:
    """What these conversations are linked with, in the order it was linked. At most two statements."""
    found = _links.ask(family)
    if not found:
        return []
    ours = set(family)
    apart = [row for row in found if not {row[2], row[3]} <= ours]  # what was merged since is one with itself
    ends = [(pk, *_end(kind, one, other, ours)) for pk, kind, one, other in apart]
    seen = access.conversations_visible_to(account).filter(pk__in={number for _, _, number in ends})
    known = {pk: (subject, status) for pk, subject, status in seen.values_list("pk", "subject", "status")}
    return [
        Linked(pk, role, number, *known[number]) if number in known else Linked(pk, role) for pk, role, number in ends
    ]


def open_incidents(account: Account, family: Sequence[int]) -> list[Linked]:
    """Incidents of a problem that are not closed and that the account sees."""
    away = (Conversation.Status.CLOSED, Conversation.Status.SPAM)
    return [one for one in linked(account, family) if one.role == "incident" and one.number and one.status not in away]


def _end(kind: str, one: int, other: int, ours: set[int]) -> tuple[str, int]:
    """The role and number of the other end, as seen from our side."""
    is_one = one in ours
    roles = {"related": ("related", "related"), "incident": ("problem", "incident"), "child": ("parent", "child")}
    return roles[kind][0 if is_one else 1], other if is_one else one


def _sides_of(family: Sequence[int]) -> QuerySet[Any, Any]:
    first = Participant.objects.filter(conversation_id=OuterRef("conversation_id")).order_by("pk")
    who = Coalesce(
        NullIf(Subquery(first.values("name")[:1]), Value("")), Subquery(first.values("email")[:1]), Value("")
    )
    drafts = Draft.objects.filter(conversation_id=OuterRef("conversation_id"), kind=Draft.Kind.REPLY)
    writes = Subquery(drafts.order_by("-updated_at").values("author_id")[:1])
    sides = SideConversation.objects.filter(main_id__in=family).annotate(who=who, writes=writes)
    found = sides.order_by("-conversation_id")
    return found.values_list(
        "conversation_id",
        "is_forward",
        "done_at",
        "conversation__subject",
        "conversation__last_customer_message_at",
        "conversation__last_agent_message_at",
        "conversation__held_count",
        "conversation__attention",
        "conversation__message_count",
        "who",
        "writes",
    )[:MOST]


_sides = Question(_sides_of)
_links = Question(
    lambda family: (
        Link.objects.filter(Q(one_id__in=family) | Q(other_id__in=family))
        .order_by("pk")
        .values_list("pk", "kind", "one_id", "other_id")[:MOST]
    )
)
