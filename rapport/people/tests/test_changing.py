"""What an account may do changes."""

from __future__ import annotations

import pytest

from rapport.events.models import Event
from rapport.people import changing, joining
from rapport.people.errors import LastOwner, OnlyOwners, TeamNameTaken
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.people.roles import role


def versions(account: Account) -> int:
    return Account.objects.get(pk=account.pk).access_version


def test_another_role_brings_its_rights_at_once_and_ends_sessions(cast):
    before = versions(cast.ann)
    changing.change_role(cast.ann, role=role("supervisor"), by=cast.adam)
    assert cast.ann.may(Right.TEAM_SETTINGS)
    assert versions(cast.ann) == before + 1
    event = Event.objects.get(kind="account.changed")
    assert (event.subject_id, event.actor_id, event.data["what"]) == (cast.ann.pk, cast.adam.pk, "role")


def test_the_same_role_again_changes_nothing(cast):
    before = versions(cast.ann)
    changing.change_role(cast.ann, role=role("agent"), by=cast.adam)
    assert versions(cast.ann) == before


def test_an_ended_account_has_no_right_and_no_team(cast):
    changing.end(cast.ann, by=cast.adam)
    account = Account.objects.get(pk=cast.ann.pk)
    assert (account.rights, account.team_ids, cast.ann.rights) == (frozenset(), frozenset(), frozenset())


def test_a_restored_account_has_what_it_had(cast):
    changing.restore(cast.fay, by=cast.adam)
    assert cast.fay.team_ids == {cast.sales.pk}
    assert cast.fay.may(Right.REPLY)


def test_the_last_owner_can_neither_be_ended_nor_demoted(cast):
    with pytest.raises(LastOwner):
        changing.end(cast.olga, by=cast.olga)
    with pytest.raises(LastOwner):
        changing.change_role(cast.olga, role=role("agent"), by=cast.olga)
    changing.change_role(cast.adam, role=role("owner"), by=cast.olga)
    assert not changing.end(cast.olga, by=cast.adam).is_active


def test_an_administrator_neither_makes_nor_ends_an_owner(cast):
    with pytest.raises(OnlyOwners):
        changing.change_role(cast.adam, role=role("owner"), by=cast.adam)
    with pytest.raises(OnlyOwners):
        changing.end(cast.olga, by=cast.adam)


def test_joining_and_leaving_a_team_ends_sessions_each_time(cast):
    before = versions(cast.ann)
    joining.add_to_team(cast.ann, team=cast.delivery, by=cast.sam)
    assert cast.ann.team_ids == {cast.sales.pk, cast.delivery.pk}
    joining.remove_from_team(cast.ann, team=cast.sales, by=cast.sam)
    assert cast.ann.team_ids == {cast.delivery.pk}
    assert versions(cast.ann) == before + 2


def test_setting_members_touches_only_those_that_change(cast):
    ann, ben, dora = versions(cast.ann), versions(cast.ben), versions(cast.dora)
    joining.set_members(cast.sales, members=[cast.ann, cast.dora], by=cast.adam)
    assert versions(cast.ann) == ann
    assert (versions(cast.ben), versions(cast.dora)) == (ben + 1, dora + 1)


def test_an_ended_team_shows_its_members_nothing_more(cast):
    joining.end_team(cast.sales, by=cast.adam)
    assert Account.objects.get(pk=cast.ann.pk).team_ids == frozenset()


def test_two_teams_never_share_a_name(cast):
    with pytest.raises(TeamNameTaken):
        joining.create_team("Sales", by=cast.adam)
