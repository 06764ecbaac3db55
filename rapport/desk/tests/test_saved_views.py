"""Saved views over HTTP: made in the browser, opened, counted, arranged; and nobody sees more by them."""

from __future__ import annotations

import pytest

from rapport.conversations import saving_views, tagging
from rapport.conversations.filtering import Condition, Filter, Operator
from rapport.conversations.models import Conversation, View
from rapport.conversations.saving_views import Prepared
from rapport.conversations.tests.cast import DAN
from rapport.desk.inbox import counted
from rapport.desk.tests.seated import HTMX, ana, at_desk, ben, cast
from rapport.people import attributing
from rapport.people.attributing import Described

__all__ = ["ana", "ben", "cast"]

OPEN = Filter((Condition("status", Operator.IS, "open"),))
NEW = {"name": "Late", "audience": "me", "ordering": "waiting", "match": ["all"]}


def row(name, operator, value, group="0"):
    return {"group": group, "was": name, "field": name, "operator": operator, "value": value}


def form(*rows, **fields):
    lists = {key: [one[key] for one in rows] for key in ("group", "was", "field", "operator", "value")}
    return {**NEW, **lists, **fields}


def test_a_view_is_built_and_opened_and_shows_what_fits(cast, ana):
    vip, other = cast.conversation(subject="The VIP’s"), cast.conversation(subject="Other")
    tagging.tag(vip, name="VIP", by=cast.ana)
    rows = [row("status", "is", "open"), row("tag", "is", "VIP", "1"), row("priority", "is", "urgent", "1")]
    answer = ana.post("/settings/views/new/", form(*rows, match=["all", "any"]))
    view = View.objects.get()
    assert answer["Location"] == f"/inbox/?view={view.key}"
    page = ana.get(answer["Location"]).content.decode()
    assert (f'id="row-{vip.pk}"' in page, f'id="row-{other.pk}"' in page, 'data-order="waiting"' in page) == (
        True,
        False,
        True,
    )
    assert ana.get("/inbox/counts/saved/").json() == {"words": {view.key: "1"}, "after": ""}
    fits = [ana.get(f"/inbox/rows/{one.pk}/?view={view.key}", **HTMX).content.decode() for one in (vip, other)]
    assert ('data-fits="yes"' in fits[0], 'data-fits="no"' in fits[1]) == (True, True)
    again = ana.get(f"/settings/views/{view.pk}/").content.decode()
    assert 'value="VIP" selected' in again


def test_a_preview_counts_and_shows_the_first(cast, ana, ben):
    cast.conversation(subject="For the shop")
    asked = form(row("status", "is", "open"))
    assert b"1 conversation fits now" in ana.get("/settings/views/preview/", asked).content
    assert b"For the shop" in ana.get("/settings/views/preview/", asked).content
    assert b"0 conversations fit now" in ben.get("/settings/views/preview/", asked).content


@pytest.mark.parametrize(("value", "says"), [("soon", True), ("", False), ("2h", False)])
def test_a_preview_says_what_it_cannot_read_of_what_is_filled_in(cast, ana, value, says):
    page = ana.get("/settings/views/preview/", form(row("waiting", "within", value))).content
    assert (b"no span of time" in page) == says


@pytest.mark.parametrize(
    ("wish", "rows", "shows"),
    [
        ("more:0", 1, 'name="field"'),
        ("group", 1, "at least one of these holds"),
        ("without:0:0", 1, "No condition"),
        ("fields", 1, 'name="value"'),
        ("without:9:9", 1, 'name="field"'),
        ("nonsense", 1, 'name="field"'),
    ],
)
def test_rows_are_added_and_removed_with_and_without_javascript(cast, ana, wish, rows, shows):
    sent = form(row("status", "is", "open"), redraw=wish, name="")
    whole, part = ana.post("/settings/views/new/", sent), ana.post("/settings/views/new/", sent, **HTMX)
    assert shows in whole.content.decode()
    assert shows in part.content.decode()
    assert b"<html" in whole.content
    assert b"<html" not in part.content
    assert whole.content.count(b'name="was"') == {"more:0": 2, "group": 2, "without:0:0": 0}.get(wish, rows)
    assert not View.objects.exists()


def test_another_field_brings_its_own_choices(cast, ana):
    changed = row("status", "is", "open") | {"field": "waiting"}
    page = ana.post("/settings/views/new/", form(changed, redraw="fields"), **HTMX).content.decode()
    assert "longer ago than" in page
    assert 'value="open"' not in page


def test_the_companys_own_details_are_built_with_like_any_field(cast, ana):
    attributing.define(Described("Plan", "choice", ("Gold", "Silver")), by=cast.flora)
    attributing.set_values(cast.dan, {"plan": "Gold"}, by=cast.flora)
    dans, _carlas = cast.conversation(sender=DAN), cast.conversation()
    changed = row("status", "is", "open") | {"field": "detail.plan"}
    page = ana.post("/settings/views/new/", form(changed, redraw="fields"), **HTMX).content.decode()
    assert ("Customer: Plan" in page, '<option value="Silver">Silver' in page) == (True, True)
    answer = ana.post("/settings/views/new/", form(row("detail.plan", "is", "Gold")))
    listed = ana.get(answer["Location"]).content.decode()
    assert (f'id="row-{dans.pk}"' in listed, listed.count('id="row-')) == (True, 1)


def test_what_is_gone_is_shown_as_gone_and_breaks_nothing(cast, ana):
    parts = [("tag", "forgotten"), ("assignee", f"#{cast.eva.pk}"), ("assignee", "#999999"), ("moonphase", "full")]
    for name, value in parts:
        condition = Filter((Condition(name, Operator.IS, value),))
        view = saving_views.create(Prepared(name, condition), by=cast.ana, owner=cast.ana)
        page = ana.get(f"/settings/views/{view.pk}/").content.decode()
        said = {"forgotten": "no longer there", "#999999": "no longer there", "full": "Nobody knows this condition"}
        assert said.get(value, "Eva Engel, who left") in page
        assert ana.get(f"/inbox/?view={view.key}").status_code == 200


def test_a_condition_that_makes_no_sense_is_said_where_it_stands(cast, ana):
    view = saving_views.create(
        Prepared("Soon", Filter((Condition("waiting", Operator.OLDER, "soon"),))), by=cast.ana, owner=cast.ana
    )
    assert "no span of time" in ana.get(f"/settings/views/{view.pk}/").content.decode()
    assert "no span of time" in ana.get(f"/inbox/?view={view.key}").content.decode()


def test_anothers_own_view_does_not_exist_for_anybody_else(cast, ana):
    view = saving_views.create(Prepared("Sam’s secret", OPEN), by=cast.sam, owner=cast.sam)
    for client in (ana, at_desk(cast.flora)):
        for path in (f"/inbox/?view={view.key}", f"/inbox/rows/?view={view.key}", f"/settings/views/{view.pk}/"):
            answer = client.get(path)
            assert (answer.status_code, b"secret" in answer.content) == (404, False), path
        assert view.key not in client.get("/inbox/counts/saved/").json()["words"]
        assert client.post(f"/settings/views/{view.pk}/", form(row("status", "is", "open"))).status_code == 404
        assert client.post("/inbox/display/", {"view": view.key}).status_code == 404
    conversation = cast.conversation()
    # A link from a colleague opens the conversation all the same, beside a list that its reader has.
    assert 'data-view="open"' in ana.get(f"/conversations/{conversation.pk}/?view={view.key}").content.decode()


def test_a_shared_view_shows_each_only_what_they_may_see(cast, ana, ben):
    view = saving_views.create(Prepared("Everything", Filter()), by=cast.flora)
    number = cast.conversation(subject="For the shop").pk
    assert f'id="row-{number}"'.encode() in ana.get(f"/inbox/?view={view.key}").content
    assert b"For the shop" not in ben.get(f"/inbox/?view={view.key}").content
    assert ben.get("/inbox/counts/saved/").json()["words"] == {view.key: ""}
    seen = ana.get(f"/settings/views/{view.pk}/")
    assert (seen.status_code, b"Whoever keeps the settings" in seen.content) == (200, True)
    assert ana.post(f"/settings/views/{view.pk}/", form(row("status", "is", "open"))).status_code == 403


def test_counts_of_many_views_come_in_parts_until_none_waits(cast, ana, monkeypatch):
    monkeypatch.setattr(counted, "PATIENCE", 0.0)
    cast.conversation()
    keys = [saving_views.create(Prepared(name, OPEN), by=cast.ana, owner=cast.ana).key for name in "abc"]
    told, after = [], ""
    for _ in keys:
        part = ana.get(f"/inbox/counts/saved/?after={after}").json()
        told.append(part["words"])
        after = part["after"]
    assert (told, after) == ([{key: "1"} for key in keys], "")
    assert ana.get("/inbox/counts/saved/?after=v999").json() == {"words": {}, "after": ""}


def test_the_rail_is_arranged_by_its_owner_alone(cast, ana):
    keys = ["open", "mine", "spam"]
    ana.post("/settings/views/arrangement/", {"place": keys, "shown": ["open", "mine"], "move": "down:open"})
    rail = ana.get("/inbox/?view=mine").content.decode()
    assert rail.index('href="/inbox/?view=mine"') < rail.index('href="/inbox/?view=open"') < rail.index("view=sent")
    assert 'href="/inbox/?view=spam"' not in rail
    assert 'href="/inbox/?view=spam" aria-current="page"' in ana.get("/inbox/?view=spam").content.decode()
    assert 'href="/inbox/?view=spam"' in at_desk(cast.sam).get("/inbox/?view=mine").content.decode()


def test_order_columns_and_density_are_remembered(cast, ana):
    wanted = {"view": "open", "order": "age", "column": ["number"], "density": "compact"}
    assert ana.post("/inbox/display/", wanted)["Location"] == "/inbox/?view=open"
    page = ana.get("/inbox/?view=open").content.decode()
    assert 'data-order="age" data-columns="number" data-density="compact"' in page
    assert 'data-order="activity"' in ana.get("/inbox/?view=mine").content.decode()
    assert 'data-order="activity"' in at_desk(cast.sam).get("/inbox/?view=open").content.decode()
    assert b"Oldest first" in ana.get("/inbox/display/?view=open", **HTMX).content
    assert b"<h1>" in ana.get("/inbox/display/?view=open").content


def test_a_list_that_nothing_fits_goes_on_looking_and_says_so(cast, ana, monkeypatch):
    monkeypatch.setattr("rapport.conversations.looking.STRETCHES", (2,))
    monkeypatch.setattr("rapport.conversations.looking._LEAST", 2)
    Conversation.objects.bulk_create(Conversation(channel="email", team=cast.shop, subject="Bill") for _ in range(5))
    rare = Filter((Condition("subject", Operator.IS, "tulips"),))
    view = saving_views.create(Prepared("Tulips", rare), by=cast.ana, owner=cast.ana)
    page = ana.get(f"/inbox/?view={view.key}").content.decode()
    assert "Looking further back" in page
    for _ in range(3):
        if 'hx-get="/inbox/rows/' in page:
            where = page.split('hx-get="/inbox/rows/')[1].split('"')[0].replace("&amp;", "&")
            page = ana.get(f"/inbox/rows/{where}", **HTMX).content.decode()
    assert "That is all of this view." in page
