"""Teams: made, named, ended, and who belongs to them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from rapport.events import auditing
from rapport.kit import clock
from rapport.people.changing import renew_access
from rapport.people.errors import NoSuchTeam, TeamNameTaken
from rapport.people.models import Account, Membership, Team


@transaction.atomic
def add_to_team(account: Account, *, team: Team, by: Account | None) -> Membership:
    """Let the account belong to the team; nothing happens when it does already."""
    membership, created = Membership.objects.get_or_create(account=account, team=team)
    if created:
        renew_access(account, what="teams", by=by, before={}, after={"team": team.name})
    return membership


@transaction.atomic
def remove_from_team(account: Account, *, team: Team, by: Account | None) -> None:
    """Let the account belong to the team no longer; nothing happens when it did not."""
    removed, _ = Membership.objects.filter(account=account, team=team).delete()
    if removed:
        renew_access(account, what="teams", by=by, before={"team": team.name}, after={})


@transaction.atomic
def set_members(team: Team, *, members: Iterable[Account], by: Account | None) -> None:
    """Let exactly these active accounts belong to the team; only those that change lose their sessions.

    Former members stay in it, so that they find it again when they come back.
    """
    wanted = {account.pk: account for account in members}
    for account in Account.objects.filter(memberships__team=team, is_active=True).exclude(pk__in=wanted):
        remove_from_team(account, team=team, by=by)
    for account in wanted.values():
        add_to_team(account, team=team, by=by)


@transaction.atomic
def set_teams(account: Account, *, teams: Iterable[Team], by: Account | None) -> None:
    """Let the account belong to exactly these living teams."""
    wanted = {team.pk: team for team in teams}
    for team in Team.objects.filter(memberships__account=account, ended_at=None).exclude(pk__in=wanted):
        remove_from_team(account, team=team, by=by)
    for team in wanted.values():
        add_to_team(account, team=team, by=by)


@transaction.atomic
def create_team(name: str, *, by: Account | None) -> Team:
    """A new team. Raises TeamNameTaken."""
    team = Team(name=name.strip())
    _save(team)
    auditing.changed("team.created", team, by=by, after=auditing.state(team, "name"))
    return team


@transaction.atomic
def change_team(team: Team, *, name: str, signature_html: str, by: Account | None) -> Team:
    """Rename the team and set the signature (already sanitised) under its replies. Raises TeamNameTaken."""
    before = auditing.state(team, "name", "signature_html")
    team.name, team.signature_html = name.strip(), signature_html
    _save(team)
    auditing.changed("team.changed", team, by=by, before=before)
    return team


@transaction.atomic
def end_team(team: Team, *, by: Account | None) -> Team:
    """End the team: its members see its conversations no longer; the row stays, because history names it."""
    if team.ended_at is None:
        team.ended_at = clock.now()
        team.save(update_fields=["ended_at"])
        for account in Account.objects.filter(memberships__team=team):
            renew_access(account, what="teams", by=by, before={"team": team.name}, after={})
        auditing.changed("team.ended", team, by=by)
    return team


def teams_named(names: Iterable[str]) -> list[Team]:
    """The living teams of these names, letter case ignored. Raises NoSuchTeam."""
    found = []
    for name in names:
        team = Team.objects.filter(name__iexact=name.strip(), ended_at=None).first()
        if team is None:
            raise NoSuchTeam(name)
        found.append(team)
    return found


def _save(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise TeamNameTaken from None
