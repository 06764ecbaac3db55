"""A preset is applied, and taken back as long as nobody has used what it made."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from rapport.conversations import authoring, tagging
from rapport.conversations.models import Conversation, ConversationTag, Macro, Tag
from rapport.hours import keeping
from rapport.hours.week import Week
from rapport.people import installing, joining
from rapport.people.models import Account, Team
from rapport.presets.offering import Preset

Made = dict[str, Any]


@transaction.atomic
def apply(preset: Preset, *, by: Account, time_zone: str) -> Made:
    """Make what it brings, the first team with `by` in it; what stands there already by name is left as it is.

    Returns ids of what was made, by kind, for `take_back`. The session of `by` ends: they joined a team.
    """
    made: Made = {"teams": [], "tags": [], "macros": []}
    teams = [_team(name, by, made) for name in preset.teams]
    joining.add_to_team(by, team=teams[0], by=by)
    for name in preset.tags:
        row, created = Tag.objects.get_or_create(folded=tagging.folded_name(name), defaults={"name": name})
        made["tags"] += [row.pk] if created else []
    for one in preset.macros:
        if not Macro.objects.filter(name=one.name, owner=None, archived_at=None).exists():
            acts = [{"act": act, "value": value} for act, value in one.acts]
            made["macros"].append(authoring.create(authoring.Prepared(one.name, one.html, acts), by=by).pk)
    if keeping.current() is None:
        keeping.keep(Week(time_zone, preset.days), by=by)
    installing.hide(preset.hidden, by=by)
    return made


@transaction.atomic
def take_back(made: Made, *, by: Account) -> None:
    """Take away what an earlier preset made and nobody has used since; what is in use stays."""
    for macro in Macro.objects.filter(pk__in=made.get("macros", ())):
        authoring.archive(macro, by=by)
    Macro.objects.filter(pk__in=made.get("macros", ())).delete()
    used = ConversationTag.objects.filter(tag_id__in=made.get("tags", ())).values("tag_id")
    Tag.objects.filter(pk__in=made.get("tags", ())).exclude(pk__in=used).delete()
    for team in Team.objects.filter(pk__in=made.get("teams", ())):
        if not team.inboxes.exists() and not Conversation.objects.filter(team=team).exists():
            joining.end_team(team, by=by)
            team.delete()


def _team(name: str, by: Account, made: Made) -> Team:
    found = Team.objects.filter(name__iexact=name).first()
    if found is not None:
        return found
    team = joining.create_team(name, by=by)
    made["teams"].append(team.pk)
    return team
