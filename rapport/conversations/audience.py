"""Who may know of a conversation, judged in memory for many viewers at once: the rule of access.py, for live streams.

A test holds both to the same answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rapport.conversations.models import Conversation, Involvement, SharedTeam
from rapport.events.models import Event
from rapport.people import installing
from rapport.people.models import Account
from rapport.people.rights import Right


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
    ids = set(conversation_ids)
    columns = Conversation.objects.filter(pk__in=ids).values_list("pk", "team_id", "inbox__team_id")
    found: dict[int, Audience] = defaultdict(Audience)
    for pk, team_id, inbox_team_id in columns:
        team = team_id or inbox_team_id
        found[pk].team_ids |= {team} if team else set()
    for pk, team_id in SharedTeam.objects.filter(conversation_id__in=ids).values_list("conversation_id", "team_id"):
        found[pk].team_ids.add(team_id)
    involvements = Involvement.objects.filter(conversation_id__in=ids)
    for pk, account_id, reason in involvements.values_list("conversation_id", "account_id", "reason"):
        found[pk].involved.add(account_id)
        if reason != Involvement.Reason.FOLLOWING:
            found[pk].asked.add(account_id)
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
