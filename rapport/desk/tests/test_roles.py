"""The page where roles are put together."""

from __future__ import annotations

import pytest

from rapport.desk.tests.seated import at_desk
from rapport.people import granting, roles
from rapport.people.models import Account, Role
from rapport.people.rights import Right
from rapport.people.tests.cast import Cast, assemble, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return assemble()


def test_a_copy_begins_with_the_same_rights_and_is_given_to_somebody(cast):
    olga = at_desk(cast.olga)
    answer = olga.post("/settings/roles/", {"name": "Shop assistant", "source": roles.role("agent").pk})
    made = Role.objects.get(name="Shop assistant")
    assert answer["Location"] == f"/settings/roles/{made.pk}/"
    assert roles.rights_of(made) == roles.rights_of(roles.role("agent"))
    olga.post(f"/settings/people/{cast.ann.pk}/", {"role": made.pk, "teams": [cast.sales.pk]})
    assert Account.objects.get(pk=cast.ann.pk).role == made


def test_who_has_the_role_feels_it_at_the_next_click(cast):
    ann = at_desk(cast.ann)
    assert ann.get("/inbox/").status_code == 200
    rights = [Right.SEE_TEAM, Right.READ_MESSAGES, Right.NOTE]
    at_desk(cast.olga).post(f"/settings/roles/{roles.role('agent').pk}/", {"name": "Agent", "rights": rights})
    assert ann.get("/inbox/")["Location"].startswith("/accounts/login/")
    assert not Account.objects.get(pk=cast.ann.pk).may(Right.REPLY)


def test_ones_own_session_outlives_a_change_of_ones_own_role(cast):
    adam, own = at_desk(cast.adam), roles.role("administrator")
    rights = [right.value for right in Right if right != Right.STATUS]
    answer = adam.post(f"/settings/roles/{own.pk}/", {"name": own.name, "rights": rights})
    assert adam.get(answer["Location"]).status_code == 200
    assert adam.get("/status/").status_code == 403


def test_what_one_does_not_hold_stays_whatever_the_browser_sends(cast):
    granting.create("IT", rights=[Right.INSTALLATION, Right.NOTE], by=cast.olga)
    mia = at_desk(person("mia", "it"))
    page = mia.get(f"/settings/roles/{roles.role('agent').pk}/").content.decode()
    assert page.count("disabled") >= len(Right) - 2
    before = roles.rights_of(roles.role("agent"))
    everything = [right.value for right in Right]
    mia.post(f"/settings/roles/{roles.role('agent').pk}/", {"name": "Agent", "rights": everything})
    assert roles.rights_of(roles.role("agent")) == before | {Right.INSTALLATION.value}
    answer = mia.post("/settings/roles/", {"name": "Mine", "source": roles.role("administrator").pk})
    assert (answer.status_code, Role.objects.filter(name="Mine").exists()) == (400, False)


def test_nobody_makes_themselves_more_than_they_are(cast):
    granting.create("IT", rights=[Right.INSTALLATION, Right.NOTE], by=cast.olga)
    account = person("mia", "it")
    mia = at_desk(account)
    for address, fields in (
        (f"/settings/people/{account.pk}/", {"role": roles.role("administrator").pk}),
        (f"/settings/people/{account.pk}/", {"role": roles.role("owner").pk}),
        ("/settings/people/invitations/", {"email": "x@flowers.example", "role": roles.role("administrator").pk}),
        (f"/settings/people/{cast.adam.pk}/reset/", {}),
        (f"/settings/people/{cast.adam.pk}/ending/", {}),
    ):
        assert mia.post(address, fields).status_code in (400, 403), address
    assert Account.objects.get(pk=account.pk).role.key == "it"


@pytest.mark.parametrize(("rights", "words"), [(["conversations.reply"], "needs"), (["no.such"], "valid")])
def test_what_cannot_be_is_said_and_changes_nothing(cast, rights, words):
    made = granting.create("Temp", rights=[], by=cast.olga)
    answer = at_desk(cast.olga).post(f"/settings/roles/{made.pk}/", {"name": "Temp", "rights": rights})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not roles.rights_of(made)


def test_the_matrix_takes_the_same_questions_for_many_roles(cast, django_assert_max_num_queries):
    for number in range(12):
        granting.create(f"Role {number}", rights=[Right.SEE_TEAM, Right.READ_MESSAGES], by=cast.olga)
    olga = at_desk(cast.olga)
    olga.get("/settings/roles/")
    with django_assert_max_num_queries(14):
        assert olga.get("/settings/roles/").content.decode().count("Role 1") >= 3
