"""Who may see or change which person."""

from __future__ import annotations

import pytest

from rapport.people import access, installing, organising
from rapport.people.errors import DomainTaken, NotAllowed, NotFound, PublicMailDomain
from rapport.people.models import Customer, Organisation
from rapport.people.rights import Right
from rapport.people.roles import ensure_roles, role


def test_the_built_in_roles_are_there_after_migrate(db):
    assert {key: role(key).rights.count() for key in ("owner", "colleague")} == {"owner": len(Right), "colleague": 1}


def test_seeding_twice_changes_nothing_and_respects_changes(db):
    role("agent").rights.all().delete()
    ensure_roles()
    assert role("agent").rights.count() == 0


def test_only_installation_rights_manage_accounts(cast):
    assert access.get_managed_account(cast.adam, cast.ann.pk) == cast.ann
    for account in (cast.sam, cast.ann, cast.carl, cast.fay):
        with pytest.raises(NotFound):
            access.get_managed_account(account, cast.ann.pk)


def test_a_supervisor_manages_own_teams_only(cast):
    assert access.get_managed_team(cast.sam, cast.sales.pk) == cast.sales
    with pytest.raises(NotFound):
        access.get_managed_team(cast.sam, cast.delivery.pk)
    assert access.get_managed_team(cast.olga, cast.delivery.pk) == cast.delivery


def test_customers_are_for_those_who_read_what_they_write(cast):
    rosa = Customer.objects.create(name="Rosa")
    assert access.get_customer(cast.ann, rosa.pk) == rosa
    for account in (cast.carl, cast.fay):
        with pytest.raises(NotFound):
            access.get_customer(account, rosa.pk)


def test_former_members_see_nobody(cast):
    assert access.accounts_visible_to(cast.ann).count() == 8
    assert not access.accounts_visible_to(cast.fay).exists()
    assert not access.teams_visible_to(cast.fay).exists()


def test_a_right_is_required_by_name(cast):
    access.require(cast.adam, Right.INSTALLATION)
    with pytest.raises(NotAllowed):
        access.require(cast.sam, Right.INSTALLATION)


def test_the_company_has_one_row(cast):
    installing.change(company_name="Flowers", open_to_all=True, by=cast.olga)
    assert (installing.current().company_name, installing.current().open_to_all) == ("Flowers", True)


def test_a_domain_belongs_to_one_organisation_and_never_to_everybody(cast):
    garden, other = Organisation.objects.create(name="Garden"), Organisation.objects.create(name="Other")
    organising.add_domain(garden, domain="@Garden.Example", by=cast.ann)
    with pytest.raises(DomainTaken):
        organising.add_domain(other, domain="garden.example", by=cast.ann)
    with pytest.raises(PublicMailDomain):
        organising.add_domain(garden, domain="gmail.com", by=cast.ann)
