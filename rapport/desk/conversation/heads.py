"""What stands above the messages, and what can be done with the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zlib import crc32

from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.conversations import catalogue, settling, standing
from rapport.conversations.directory import Directory
from rapport.conversations.models import Conversation
from rapport.conversations.surroundings import Surroundings
from rapport.desk.conversation.offers import offers
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.ui import moments

_TONES = {"open": "accent", "waiting": "", "snoozed": "", "closed": "good", "spam": "bad"}
_NAMES_OF_STATUS = dict(Conversation.Status.choices)
_NAMES_OF_PRIORITY = dict(Conversation.Priority.choices)
_NAMES_OF_STAGE = dict(Conversation.Stage.choices)
MORNING = time(9, 0)


@dataclass(slots=True)
class Head:
    """The conversation for its header, banners and acts. `rev` changes when any of it does.

    `statuses`: keys and names of those it may be brought to; `has_own`: the company has statuses of its own.
    """

    number: int
    family: list[int]
    subject: str
    status: str
    status_name: str
    status_tone: str
    statuses: list[tuple[str, str]]
    has_own: bool
    priority: int
    priority_name: str
    stage: str
    stage_name: str
    snoozed_until: datetime | None
    waiting_since: datetime | None
    tags: list[str]
    colours: dict[str, str]
    customer_name: str
    assignee_id: int | None
    assignee_name: str
    team_id: int | None
    team_name: str
    inbox: str
    is_practice: bool
    attention: str
    created_at: datetime
    first_answer: datetime | None
    merged_into: int | None
    merged: list[tuple[int, str]]
    split_from: int | None
    following: bool
    last_id: int
    may_reply: bool
    may_note: bool
    may_manage: bool
    rev: str = ""


def head_of(
    account: Account, conversation: Conversation, around: Surroundings, directory: Directory, *, last_id: int
) -> Head:
    """The head for this account. `last_id`: the newest message on its screen."""
    living = conversation.merged_into_id is None
    known = catalogue.read()
    own = known.own_status(conversation)
    head = Head(
        number=conversation.pk,
        family=around.family,
        subject=conversation.subject,
        status=conversation.status,
        status_name=own.name if own else str(_NAMES_OF_STATUS[conversation.status]),
        status_tone=_TONES[conversation.status],
        statuses=[(key, standing.name_of(known, key)) for key, _own in settling.offered(conversation)],
        has_own=bool(known.statuses),
        priority=conversation.priority,
        priority_name=str(_NAMES_OF_PRIORITY[conversation.priority]),
        stage=conversation.stage,
        stage_name=str(_NAMES_OF_STAGE[conversation.stage]),
        snoozed_until=conversation.snoozed_until,
        waiting_since=conversation.waiting_since,
        tags=around.tags,
        colours=around.colours,
        customer_name=str(conversation.customer) if conversation.customer else "",
        assignee_id=conversation.assignee_id,
        assignee_name=directory.people.get(conversation.assignee_id or 0, ""),
        team_id=conversation.team_id,
        team_name=directory.teams.get(conversation.team_id or 0, ""),
        is_practice=bool(conversation.inbox and conversation.inbox.settings.get("practice")),
        inbox=f"{conversation.inbox.name} ({conversation.inbox.address})" if conversation.inbox else "",
        attention=conversation.attention,
        created_at=conversation.created_at,
        first_answer=conversation.first_agent_message_at,
        merged_into=conversation.merged_into_id,
        merged=around.merged,
        split_from=conversation.split_from_id,
        following=around.follows,
        last_id=last_id,
        may_reply=living and account.may(Right.REPLY),
        may_note=living and account.may(Right.NOTE),
        may_manage=living and account.may(Right.MANAGE),
    )
    head.rev = _rev(head)
    return head


def choices(directory: Directory) -> dict[str, Any]:
    """What the menus of the head offer."""
    return {
        "offers": offers(directory),
        "snooze_choices": snooze_choices(timezone.localtime()),
    }


def snooze_choices(now: datetime) -> list[tuple[str, str, str]]:
    """(ISO moment, name, exact words) of useful times to come back, in the reader's zone."""
    tomorrow = _at(now + timedelta(days=1), MORNING)
    monday = _at(now + timedelta(days=(7 - now.weekday()) or 7), MORNING)
    found = [(now + timedelta(hours=3), _("In three hours")), (tomorrow, _("Tomorrow morning"))]
    if monday != tomorrow:
        found.append((monday, _("Monday morning")))
    found.append((_at(now + timedelta(days=14), MORNING), _("In two weeks")))
    return [(moment.isoformat(timespec="minutes"), name, moments.full(moment, now)) for moment, name in found]


def _at(day: datetime, at: time) -> datetime:
    return day.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)


def _rev(head: Head) -> str:
    shown = (
        head.subject,
        head.status,
        head.status_name,
        head.statuses,
        head.colours,
        head.priority,
        head.stage,
        head.snoozed_until,
        head.waiting_since,
        head.tags,
        head.assignee_id,
        head.team_id,
        head.attention,
        head.merged,
        head.merged_into,
        head.following,
    )
    return format(crc32(repr(shown).encode()), "x")
