"""What is asked before it is known who asks serves only whom it is for."""

from __future__ import annotations

import pytest

from rapport.desk import early, staying
from rapport.desk.tests.seated import HTMX, ana, ben, cast
from rapport.people import installing
from rapport.people.models import Account, Membership

__all__ = ["ana", "ben", "cast"]


@pytest.fixture
def opened(cast, ana):
    """A conversation that Ana has open, and its address."""
    conversation = cast.conversation("My tulips are late")
    address = f"/conversations/{conversation.pk}/"
    assert [ana.get(address, **extra).status_code for extra in ({}, HTMX, {})] == [200, 200, 200]
    return address


def test_who_is_in_the_team_no_more_sees_nothing_with_the_next_request(cast, ana, opened):
    assert ana.get("/inbox/counts/").json()["open"] == 1
    Membership.objects.filter(account=cast.ana).delete()  # her session stays as it is
    assert ana.get(opened).status_code == ana.get(opened, **HTMX).status_code == 404
    assert ana.get("/inbox/counts/").json()["open"] == 0


def test_what_was_open_to_all_is_closed_with_the_next_request(cast, ana, ben, opened):
    assert ben.get(opened).status_code == 404
    installing.change(company_name="", open_to_all=True, by=None)
    assert [ben.get(opened).status_code for _again in range(2)] == [200, 200]
    installing.change(company_name="", open_to_all=False, by=None)
    assert ben.get(opened).status_code == 404


def test_of_an_account_that_ended_nothing_is_shown(cast, ana, opened):
    Account.objects.filter(pk=cast.ana.pk).update(is_active=False)
    assert ana.get(opened).status_code == 302


def test_only_a_look_at_a_known_address_is_guessed(cast, ana, opened, monkeypatch):
    guessed = []
    monkeypatch.setattr(early, "_pages", {name: lambda *facts: guessed.append(facts[1:]) for name in early._pages})
    ana.get(opened)
    ana.get("/inbox/counts/")
    ana.get("/today/")
    ana.post(f"{opened}read/", {"up_to": 1})
    assert [(account.pk, number) for account, number in guessed] == [
        (cast.ana.pk, int(opened.split("/")[2])),
        (cast.ana.pk, 0),
    ]
    staying._whose.clear()
    ana.get(opened)
    assert len(guessed) == 2
