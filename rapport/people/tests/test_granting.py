"""Roles are put together, and nobody climbs by it."""

from __future__ import annotations

import pytest

from rapport.events.models import Event
from rapport.people import access, changing, granting, inviting, roles
from rapport.people.errors import (
    MoreThanOwn,
    NoSuchRole,
    NotFound,
    OnlyOwners,
    OwnersHaveAll,
    RightMissing,
    RoleInUse,
    RoleNameTaken,
)
from rapport.people.models import Account, Role
from rapport.people.rights import Right
from rapport.people.roles import role
from rapport.people.tests.cast import Cast, person

pytestmark = pytest.mark.django_db
READ = [Right.SEE_TEAM, Right.READ_MESSAGES]


@pytest.fixture
def mia(cast: Cast) -> Account:
    """Manages people and inboxes, and sees no conversation."""
    granting.create("IT", rights=[Right.INSTALLATION, Right.NOTE], by=cast.olga)
    return person("mia", "it")


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def test_a_role_of_ones_own_gives_what_was_ticked(cast):
    made = granting.create(" Trainee ", rights=[*READ, "no.such_right"], by=cast.adam)
    assert (made.name, made.key, roles.rights_of(made)) == ("Trainee", "trainee", frozenset(READ))
    changing.change_role(cast.ann, role=made, by=cast.adam)
    assert fresh(cast.ann).rights == frozenset(READ)


def test_names_differ_and_keys_are_found_for_any_script(cast):
    with pytest.raises(RoleNameTaken):
        granting.create("AGENT", rights=[], by=cast.olga)
    made = [granting.create(name, rights=[], by=cast.olga) for name in ("売り子", "店員", "Owner!")]
    assert [one.key for one in made] == ["role", "role-2", "owner-2"]
    with pytest.raises(RoleNameTaken):
        granting.rename(made[0], name="店員", by=cast.olga)


def test_changed_rights_reach_everybody_who_has_the_role_and_nobody_else(cast):
    before = {one.pk: one.access_version for one in Account.objects.all()}
    wanted = roles.rights_of(role("agent")) - {Right.MANAGE.value}
    assert granting.set_rights(role("agent"), rights=wanted, by=cast.adam)
    assert not granting.set_rights(role("agent"), rights=wanted, by=cast.adam)
    raised = {one.pk for one in Account.objects.all() if one.access_version == before[one.pk] + 1}
    assert raised == set(Account.objects.filter(role__key="agent").values_list("pk", flat=True))
    assert not fresh(cast.ann).may(Right.MANAGE)
    event = Event.objects.get(kind="role.changed")
    assert set(event.data["before"]["rights"]) - set(event.data["after"]["rights"]) == {Right.MANAGE.value}


@pytest.mark.parametrize("extra", [Right.SEE_ALL, Right.READ_MESSAGES, Right.STATUS])
def test_nobody_gives_or_takes_a_right_they_do_not_hold(cast, mia, extra):
    own = {right.value for right in (Right.INSTALLATION, Right.NOTE)}
    with pytest.raises(MoreThanOwn):
        granting.create("Mine", rights=[*own, extra], by=mia)
    with pytest.raises(MoreThanOwn):
        granting.set_rights(role("it"), rights=[*own, extra], by=mia)
    with pytest.raises(MoreThanOwn):
        granting.set_rights(role("agent"), rights=roles.rights_of(role("agent")) ^ {extra.value}, by=mia)
    assert fresh(mia).rights == own


def test_nobody_gives_a_role_that_reaches_further_than_their_own(cast, mia):
    for key in ("administrator", "supervisor", "agent"):
        with pytest.raises(MoreThanOwn):
            changing.change_role(mia, role=role(key), by=mia)
        with pytest.raises(MoreThanOwn):
            inviting.invite("second@flowers.example", role=key, by=mia)
    with pytest.raises(OnlyOwners):
        changing.change_role(mia, role=role("owner"), by=mia)
    assert set(access.roles_given_by(mia)) == {role("it"), role("colleague")}
    changing.change_role(cast.carl, role=role("it"), by=mia)


def test_nobody_decides_over_somebody_who_may_do_more(cast, mia):
    for act in (changing.end, changing.restore, inviting.reset):
        target = cast.fay if act is changing.restore else cast.ann
        with pytest.raises(MoreThanOwn):
            act(target, by=mia)
    with pytest.raises(MoreThanOwn):
        changing.change_role(cast.adam, role=role("colleague"), by=mia)
    assert inviting.reset(cast.carl, by=mia)


def test_owners_keep_every_right_and_their_role(cast):
    owner = role("owner")
    for by in (cast.olga, cast.adam):
        with pytest.raises(OwnersHaveAll):
            granting.set_rights(owner, rights=[Right.NOTE], by=by)
        with pytest.raises(OwnersHaveAll):
            granting.archive(owner, by=by)


def test_an_owner_is_no_choice_for_others(cast):
    assert role("owner") in access.roles_given_by(cast.olga)
    assert role("owner") not in access.roles_given_by(cast.adam)


def test_a_right_that_needs_another_is_not_given_alone(cast):
    with pytest.raises(RightMissing, match="Read messages"):
        granting.create("Blind", rights=[Right.REPLY], by=cast.olga)


def test_a_role_in_use_is_not_archived_and_an_archived_one_is_given_to_nobody(cast):
    made = granting.create("Temp", rights=READ, by=cast.olga)
    _, token = inviting.invite("t@flowers.example", role=made, by=cast.olga)
    with pytest.raises(RoleInUse):
        granting.archive(made, by=cast.olga)
    changing.end(inviting.accept(token, name="T", password="tulips-in-the-rain-2"), by=cast.olga)
    granting.archive(made, by=cast.olga)
    assert made not in access.roles_given_by(cast.olga)
    with pytest.raises(NoSuchRole):
        role("temp")
    granting.restore(made, by=cast.olga)
    assert role("temp") == made


def test_only_who_changes_every_setting_finds_a_role(cast):
    for account in (cast.sam, cast.ann, cast.carl):
        with pytest.raises(NotFound):
            access.get_managed_role(account, role("agent").pk)


def test_built_in_names_are_translated_until_somebody_renames_them(cast):
    found = role("agent")
    assert str(found) == "Agent"
    granting.rename(found, name="Berater", by=cast.olga)
    assert str(Role.objects.get(key="agent")) == "Berater"
