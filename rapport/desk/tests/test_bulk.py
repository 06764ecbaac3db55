"""Several conversations at once, and taking it back, over HTTP."""

from __future__ import annotations

import json

import pytest

from rapport.conversations import authoring, closing
from rapport.conversations.authoring import Prepared
from rapport.conversations.tests.cast import fresh
from rapport.desk.tests.seated import HTMX, ana, at_desk, ben, cast

__all__ = ["ana", "ben", "cast"]


def bulk(client, chosen, act, **fields):
    numbers = {"number": [conversation.pk for conversation in chosen]}
    return client.post("/inbox/bulk/", {"act": act, **numbers, **fields}, **HTMX)


def done(answer):
    return json.loads(answer["HX-Trigger"])["rapport:done"]


def state(conversation):
    now = fresh(conversation)
    tags = sorted(now.tags.values_list("name", flat=True))
    return (now.status, now.merged_into_id, now.message_count, now.assignee_id, now.team_id, now.priority, tags)


@pytest.fixture
def chosen(cast):
    return [cast.conversation(), closing.close(cast.conversation("Other"), by=cast.sam)]


@pytest.mark.parametrize(
    ("act", "value"),
    [
        ("close", lambda cast: ""),
        ("status", lambda cast: "waiting"),
        ("mine", lambda cast: ""),
        ("assign", lambda cast: cast.sam.pk),
        ("team", lambda cast: cast.drivers.pk),
        ("tag", lambda cast: "late"),
        ("priority", lambda cast: "3"),
        ("spam", lambda cast: ""),
        ("merge", lambda cast: ""),
        ("macro", lambda cast: authoring.create(Prepared("x", acts=[{"act": "tag", "value": "y"}]), by=cast.flora).pk),
    ],
)
def test_each_act_reaches_all_and_is_taken_back(cast, ana, chosen, act, value):
    before = [state(one) for one in chosen]
    answer = done(bulk(ana, chosen, act, **{f"value_{act}": value(cast)}))
    assert answer["numbers"] == sorted(one.pk for one in chosen)
    assert all(state(one) != was for one, was in zip(chosen, before, strict=True) if act != "close" or was[0] == "open")
    assert ana.post(answer["undo"], **HTMX).status_code == 204
    assert [state(one) for one in chosen] == before


def test_nobody_else_takes_it_back_and_no_made_up_token_does(cast, ana, ben, chosen):
    undo = done(bulk(ana, chosen, "tag", value="late"))["undo"]
    assert at_desk(cast.sam).post(undo, **HTMX).status_code == 404
    assert ana.post("/inbox/bulk/undo/made-up/", **HTMX).status_code == 409
    assert state(chosen[0])[6] == ["late"]


@pytest.mark.parametrize(
    ("act", "value", "status"),
    [
        ("assign", "999999", 400),
        ("team", "x", 400),
        ("tag", " ", 400),
        ("priority", "9", 400),
        ("priority", "9" * 5000, 400),
        ("macro", "1", 404),
    ],
)
def test_an_act_that_cannot_be_done_is_done_to_none(ana, chosen, act, value, status):
    before = [state(one) for one in chosen]
    assert bulk(ana, chosen, act, value=value).status_code == status
    assert [state(one) for one in chosen] == before


def test_the_menu_offers_what_there_is(cast, ana):
    page = ana.get("/inbox/bulk/choices/", **HTMX).content.decode()
    assert "Sam Silva" in page
    assert "Drivers" in page
    assert 'name="value_macro"' not in page
