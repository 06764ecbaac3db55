"""Who comes back with a session is known by one statement, with the rights and teams that the account has."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rapport.people import returning
from rapport.people.models import Account, Membership, Team
from rapport.people.roles import ensure_roles, role

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    ensure_roles()
    ana = Account.objects.create(email="ana@example.org", name="Ana", role=role("agent"), undo_seconds=7)
    ended = Team.objects.create(name="Night", ended_at=timezone.now())
    for team in (Team.objects.create(name="Shop"), Team.objects.create(name="Drivers"), ended):
        Membership.objects.create(account=ana, team=team)
    Membership.objects.create(account=Account.objects.create(email="b@example.org", role=role("owner")), team=ended)
    return ana


def test_an_account_comes_with_its_rights_and_living_teams_by_one_statement(ana):
    with CaptureQueriesContext(connection) as asked:
        found = returning.account(ana.pk)
        assert found
        known = found.rights, found.team_ids
    assert len(asked) == 1
    again = Account.objects.get(pk=ana.pk)
    assert found == again
    assert {field.attname: getattr(found, field.attname) for field in Account._meta.concrete_fields} == {
        field.attname: getattr(again, field.attname) for field in Account._meta.concrete_fields
    }
    assert known == (again.rights, again.team_ids)
    assert len(again.team_ids) == 2


def test_who_has_neither_rights_nor_teams_and_who_has_left(ana):
    ana.role.rights.all().delete()
    Membership.objects.filter(account=ana).delete()
    found = returning.account(ana.pk)
    assert found
    assert (found.rights, found.team_ids) == (frozenset(), frozenset())
    Account.objects.filter(pk=ana.pk).update(is_active=False, role=role("owner"))
    left = returning.account(ana.pk)
    assert left
    assert left.rights == frozenset()
    assert returning.account(0) is None
