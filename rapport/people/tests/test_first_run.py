"""The first run."""

from __future__ import annotations

import pytest

from rapport.people import first_run, installing
from rapport.people.errors import AlreadySetUp, WrongCode
from rapport.people.models import Account
from rapport.people.roles import ensure_roles

pytestmark = pytest.mark.django_db
OWNER = {"company": "Flowers", "name": "Olga", "email": "Olga@flowers.example", "password": "tulips-in-the-rain-2"}


def test_the_printed_code_makes_the_first_owner():
    ensure_roles()
    owner = first_run.begin(first_run.code().upper().replace("-", " "), **OWNER)
    assert (owner.role.key, owner.email) == ("owner", "olga@flowers.example")
    assert installing.current().company_name == "Flowers"


def test_another_code_makes_nobody():
    code = first_run.code()
    for wrong in ("", "nonsense", code[:-1]):
        with pytest.raises(WrongCode):
            first_run.begin(wrong, **OWNER)
    assert not Account.objects.exists()


def test_without_a_printed_code_the_empty_one_does_not_fit():
    with pytest.raises(WrongCode):
        first_run.begin("", **OWNER)


def test_a_newer_code_replaces_the_older_one():
    older = first_run.code()
    newer = first_run.code()
    assert (first_run.fits(older), first_run.fits(newer)) == (False, True)


def test_the_code_is_kept_as_a_hash_only():
    code = first_run.code()
    assert code.replace("-", "") not in str(installing.current().__dict__)


def test_with_somebody_in_the_house_there_is_no_first_run(cast):
    assert first_run.code() == ""
    with pytest.raises(AlreadySetUp):
        first_run.begin("", **OWNER)
