"""Who may know of a conversation, judged in memory for many viewers at once: the rule of access.py, for live streams.

A test holds both to the same answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from rapport.conversations.models import ASIDE, Conversation, Involvement, SharedTeam
from rapport.events.models import Event
from rapport.people import installing
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Question


@dataclass(frozen=True, slots=True)
class Access:
    """What one account may see. Read anew whenever its `version` has grown."""

    version: int
    sees_all: bool
    sees_team: bool
    reads_messages: bool
    team_ids: frozenset[int]
    language: str = ""
    time_zone: str = ""


@dataclass(slots=True)
class Audience:
    """Whom one conversation concerns. `team_ids`: its own team, else its inbox's, and those it was shared with."""

    team_ids: set[int] = field(default_factory=set)
    involved: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)


def may_see(account_id: int, access: Access, audience: Audience) -> bool:
    """Whether this account may know of a conversation with this audience."""
    if access.sees_all:
        return True
    if not access.sees_team:
        return account_id in audience.asked
    return bool(access.team_ids & audience.team_ids) or account_id in audience.involved


def read_access(account_ids: Iterable[int]) -> dict[int, Access]:
    """What each of these accounts may see; those that have ended are left out."""
    open_to_all = installing.current().open_to_all
    accounts = Account.objects.filter(pk__in=list(account_ids), is_active=True)
    return {account.pk: _access_of(account, open_to_all) for account in accounts}


def read_audiences(conversation_ids: Iterable[int]) -> dict[int, Audience]:
    """The audience of each of these conversations; those that are gone are left out."""
    found: dict[int, Audience] = defaultdict(Audience)
    for kind, number, whom in _told.ask(sorted(set(conversation_ids))):
        if kind == _TEAM:
            found[number].team_ids |= {whom} if whom else set()
            continue
        found[number].involved.add(whom)
        if kind != Involvement.Reason.FOLLOWING:
            found[number].asked.add(whom)
    return dict(found)


def widened(whom: Audience, event: Event) -> Audience:
    """Who hears of this event: also the team that loses the conversation by it, whose lists must let it go."""
    left = event.data.get("from") if event.kind == "conversation.moved" else None
    return replace(whom, team_ids=whom.team_ids | {left}) if isinstance(left, int) else whom


def _access_of(account: Account, open_to_all: bool) -> Access:
    sees_team = account.may(Right.SEE_TEAM)
    return Access(
        version=account.access_version,
        sees_all=account.may(Right.SEE_ALL) or (sees_team and open_to_all),
        sees_team=sees_team,
        reads_messages=account.may(Right.READ_MESSAGES),
        team_ids=account.team_ids,
        language=account.language,
        time_zone=account.time_zone,
    )


_TEAM = "team"


def _everyone(ids: Sequence[int]) -> QuerySet[Any, Any]:
    """Rows of (kind, conversation, team or account); a team row for each conversation, empty where it has none."""
    own = Conversation.objects.filter(pk__in=ids).exclude(status=ASIDE)
    shared = SharedTeam.objects.filter(conversation_id__in=ids)
    involved = Involvement.objects.filter(conversation_id__in=ids)
    return own.values_list(Value(_TEAM), "pk", Coalesce("team_id", "inbox__team_id")).union(
        shared.values_list(Value(_TEAM), "conversation_id", "team_id"),
        involved.values_list("reason", "conversation_id", "account_id"),
        all=True,
    )


_told = Question(_everyone)
