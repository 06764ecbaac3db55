"""What stands above the messages, and what can be done with the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zlib import crc32

from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.conversations.models import Conversation, Involvement, Tag
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.ui import moments

_TONES = {"open": "accent", "waiting": "", "snoozed": "", "closed": "good", "spam": "bad"}
MORNING = time(9, 0)
KNOWN_TAGS = 200


@dataclass(slots=True)
class Head:
    """The conversation for its header, banners and acts. `rev` changes when any of it does."""

    number: int
    family: list[int]
    subject: str
    status: str
    status_name: str
    status_tone: str
    priority: int
    priority_name: str
    stage: str
    stage_name: str
    snoozed_until: datetime | None
    waiting_since: datetime | None
    tags: list[str]
    customer_name: str
    assignee_id: int | None
    assignee_name: str
    team_id: int | None
    team_name: str
    inbox: str
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


def head_of(account: Account, conversation: Conversation, *, family: list[int], last_id: int) -> Head:
    """The head for this account. `family`: its number and those of what was merged into it."""
    merged = _merged(conversation, family)
    head = Head(
        number=conversation.pk,
        family=family,
        subject=conversation.subject,
        status=conversation.status,
        status_name=conversation.get_status_display(),
        status_tone=_TONES[conversation.status],
        priority=conversation.priority,
        priority_name=conversation.get_priority_display(),
        stage=conversation.stage,
        stage_name=conversation.get_stage_display(),
        snoozed_until=conversation.snoozed_until,
        waiting_since=conversation.waiting_since,
        tags=list(conversation.tags.order_by("folded").values_list("name", flat=True)),
        customer_name=str(conversation.customer) if conversation.customer else "",
        assignee_id=conversation.assignee_id,
        assignee_name=str(conversation.assignee) if conversation.assignee else "",
        team_id=conversation.team_id,
        team_name=str(conversation.team) if conversation.team else "",
        inbox=f"{conversation.inbox.name} ({conversation.inbox.address})" if conversation.inbox else "",
        attention=conversation.attention,
        created_at=conversation.created_at,
        first_answer=conversation.first_agent_message_at,
        merged_into=conversation.merged_into_id,
        merged=merged,
        split_from=conversation.split_from_id,
        following=_follows(account, conversation),
        last_id=last_id,
        may_reply=account.may(Right.REPLY) and conversation.merged_into_id is None,
        may_note=account.may(Right.NOTE) and conversation.merged_into_id is None,
        may_manage=account.may(Right.MANAGE) and conversation.merged_into_id is None,
    )
    head.rev = _rev(head)
    return head


def choices(head: Head, everybody: list[Account], teams: list[tuple[int, str]]) -> dict[str, Any]:
    """What the menus of the head offer."""
    return {
        "colleagues": [one for one in everybody if one.is_active],
        "all_teams": [{"pk": pk, "name": name} for pk, name in teams],
        "known_tags": list(Tag.objects.order_by("folded").values_list("name", flat=True)[:KNOWN_TAGS]),
        "priorities": Conversation.Priority.choices,
        "stages": Conversation.Stage.choices,
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


def _merged(conversation: Conversation, family: list[int]) -> list[tuple[int, str]]:
    if len(family) == 1:
        return []
    return list(conversation.merged_from.order_by("pk").values_list("pk", "subject"))


def _follows(account: Account, conversation: Conversation) -> bool:
    reason = Involvement.Reason.FOLLOWING
    return Involvement.objects.filter(conversation=conversation, account=account, reason=reason).exists()


def _rev(head: Head) -> str:
    shown = (
        head.subject,
        head.status,
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
