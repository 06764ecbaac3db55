"""Ways in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from rapport.kit import clock
from rapport.people import changing, inviting
from rapport.people.errors import AlreadyMember, InvitationSpent, NoSuchAccount, NoSuchRole, NoSuchTeam, OnlyOwners
from rapport.people.models import Account, Invitation
from rapport.people.tests.cast import PASSWORD

GOOD = "peonies-and-rain-7"


@pytest.fixture
def token(cast) -> str:
    return inviting.invite("Eve@flowers.example", name="Eve", role="agent", teams=[cast.sales], by=cast.adam)[1]


def test_an_invitation_makes_an_account_with_role_and_teams(cast, token):
    account = inviting.accept(token, name="Eve Wood", password=GOOD)
    assert (account.email, account.name, account.role.key) == ("eve@flowers.example", "Eve Wood", "agent")
    assert account.team_ids == {cast.sales.pk}
    assert account.check_password(GOOD)


def test_an_invitation_works_once(token):
    inviting.accept(token, name="Eve", password=GOOD)
    with pytest.raises(InvitationSpent):
        inviting.accept(token, name="Mallory", password=GOOD)


def test_an_invitation_ends_after_a_week(token):
    with time_machine.travel(clock.now() + timedelta(days=7, seconds=1)), pytest.raises(InvitationSpent):
        inviting.accept(token, name="Eve", password=GOOD)
    assert inviting.find(token).email == "eve@flowers.example"


def test_a_weak_password_does_not_spend_the_invitation(token):
    with pytest.raises(ValidationError):
        inviting.accept(token, name="Eve", password="12345")
    assert inviting.accept(token, name="Eve", password=GOOD).is_active


def test_only_a_hash_of_the_token_is_kept(token):
    row = Invitation.objects.get()
    assert token not in str(row.__dict__)
    assert len(token) * 5 >= 128


def test_a_new_invitation_replaces_the_old_one(cast, token):
    inviting.invite("eve@flowers.example", name="Eve", role="agent", by=cast.adam)
    with pytest.raises(InvitationSpent):
        inviting.find(token)


def test_a_withdrawn_invitation_opens_nothing(cast, token):
    inviting.withdraw(inviting.find(token), by=cast.adam)
    with pytest.raises(InvitationSpent):
        inviting.find(token)


def test_who_can_sign_in_already_is_not_invited(cast):
    with pytest.raises(AlreadyMember):
        inviting.invite(cast.ann.email, role="agent", by=cast.adam)


def test_only_an_owner_invites_an_owner(cast):
    with pytest.raises(OnlyOwners):
        inviting.invite("eve@flowers.example", role="owner", by=cast.adam)
    assert inviting.invite("eve@flowers.example", role="owner", by=cast.olga)


def test_a_former_member_comes_back_with_the_invited_role(cast):
    _, token = inviting.invite(cast.fay.email, role="colleague", by=cast.adam)
    account = inviting.accept(token, name="Fay", password=GOOD)
    assert (account.pk, account.is_active, account.role.key) == (cast.fay.pk, True, "colleague")
    assert account.team_ids == frozenset()


def test_a_reset_sets_a_new_password_once_and_ends_sessions(cast):
    before, token = cast.ann.access_version, inviting.reset(cast.ann)
    account = inviting.accept(token, name="ignored", password=GOOD)
    assert account.access_version > before
    assert (account.pk, account.name, account.check_password(GOOD)) == (cast.ann.pk, "Ann", True)
    with pytest.raises(InvitationSpent):
        inviting.accept(token, name="", password=GOOD)


def test_a_reset_is_worthless_once_the_account_has_ended(cast):
    token = inviting.reset(cast.ann)
    changing.end(cast.ann, by=cast.olga)
    with pytest.raises(InvitationSpent):
        inviting.accept(token, name="", password=GOOD)


def test_the_command_line_invites_and_resets_by_names(cast):
    path = inviting.invite_from_command("eve@flowers.example", role="agent", teams=["sales"])
    account = inviting.accept(path.split("/")[2], name="Eve", password=GOOD)
    assert account.team_ids == {cast.sales.pk}
    again = inviting.reset_from_command("EVE@flowers.example")
    assert inviting.accept(again.split("/")[2], name="", password=PASSWORD) == account


def test_the_command_line_names_what_it_does_not_know(cast):
    with pytest.raises(NoSuchTeam):
        inviting.invite_from_command("eve@flowers.example", role="agent", teams=["Nowhere"])
    with pytest.raises(NoSuchRole):
        inviting.invite_from_command("eve@flowers.example", role="king")
    for email in ("nobody@flowers.example", cast.fay.email):
        with pytest.raises(NoSuchAccount):
            inviting.reset_from_command(email)


def test_accounts_keep_their_address_in_lower_case(token):
    inviting.accept(token, name="Eve", password=GOOD)
    assert Account.objects.filter(email="eve@flowers.example").exists()
