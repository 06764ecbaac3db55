"""The side panel's part about the work, and its settings, over HTTP."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.conversations import filling, settling, shaping
from rapport.conversations.models import CustomField, ForbiddenMove, OwnStatus
from rapport.conversations.shaping import Described
from rapport.conversations.tests.cast import cast, fresh  # noqa: F401 - fixture
from rapport.people import installing
from tests.security.company import signed_in

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"
PART = {"HX-Request": "true", "HX-Target": "work"}


@pytest.fixture
def owner(cast):  # noqa: F811
    return signed_in(cast.flora)


@pytest.fixture
def ana(cast):  # noqa: F811
    return signed_in(cast.ana)


@pytest.fixture
def tulips(cast):  # noqa: F811
    return cast.conversation()


def page(client, conversation) -> str:
    return client.get(f"/conversations/{conversation.pk}/").content.decode()


def test_a_field_made_in_the_settings_is_filled_in_beside_the_conversation(owner, ana, tulips):
    form = {"name": "Delivery date", "kind": "date", "required": "on", "help": "As the customer said"}
    assert owner.post("/settings/fields/", form).status_code == 302
    field = CustomField.objects.get()
    path = f"/conversations/{tulips.pk}/fields/{field.pk}/"
    assert 'type="date"' in page(ana, tulips)
    refused = ana.post(path, {"written": "soon"}, headers={"HX-Request": "true"})
    assert (refused.status_code, "no date" in refused["HX-Trigger"]) == (400, True)
    assert ana.post(path, {"written": "2026-03-01"}, headers={"HX-Request": "true"}).status_code == 204
    assert 'value="2026-03-01"' in page(ana, tulips)
    assert "Delivery date to “2026-03-01”" in page(ana, tulips)


def test_closing_says_which_fields_are_missing(owner, ana, tulips):
    owner.post("/settings/fields/", {"name": "Occasion", "kind": "choice", "options": "Wedding", "required": "on"})
    answer = ana.post(f"/conversations/{tulips.pk}/closure/", headers={"HX-Request": "true"})
    assert (answer.status_code, "Occasion" in answer["HX-Trigger"]) == (409, True)
    assert fresh(tulips).status == "open"


def test_a_choice_that_steers_others_brings_the_panel_anew(cast, ana, tulips):  # noqa: F811
    flower = shaping.define(Described("Flower", kind="choice", options=[("", "Roses"), ("", "Lilies")]), by=cast.flora)
    pairs = [("Roses", "Red"), ("Lilies", "White")]
    shaping.define(Described("Colour", kind="choice", options=pairs, parent=flower), by=cast.flora)
    assert "Red</option>" not in page(ana, tulips)
    part = ana.post(f"/conversations/{tulips.pk}/fields/{flower.pk}/", {"written": "Roses"}, headers=PART)
    assert "Red</option>" in part.content.decode()
    assert "White</option>" not in part.content.decode()


def test_nothing_written_by_people_becomes_markup(cast, owner, ana, tulips):  # noqa: F811
    field = shaping.define(Described(EVIL, help=EVIL), by=cast.flora)
    status = shaping.create_status("<script>bad</script>", kind="waiting", by=cast.flora)
    filling.fill(tulips, field, written=[EVIL], by=cast.ana)
    template = shaping.create_checklist(EVIL, items=[EVIL], by=cast.flora)
    ana.post(f"/conversations/{tulips.pk}/checklists/", {"template": template.pk})
    settling.put(fresh(tulips), status=f"own:{status.pk}", by=cast.ana)
    for client, path in (
        (ana, f"/conversations/{tulips.pk}/"),
        (owner, "/settings/fields/"),
        (owner, "/settings/statuses/"),
        (owner, "/settings/checklists/"),
        (owner, "/settings/audit/"),
    ):
        shown = client.get(path).content.decode()
        assert "&lt;script&gt;" in shown, path
        assert "<script>alert(1)" not in shown, path
        assert "<script>bad" not in shown, path


def test_an_own_status_stands_in_the_menus_and_the_head(owner, ana, tulips):
    owner.post("/settings/statuses/", {"name": "Waiting for supplier", "kind": "waiting"})
    status = OwnStatus.objects.get()
    assert f'value="own:{status.pk}"' in page(ana, tulips)
    answer = ana.post(f"/conversations/{tulips.pk}/status/", {"status": f"own:{status.pk}"})
    assert answer.status_code == 302
    assert "Ana Adler set the status to “Waiting for supplier”" in page(ana, tulips)
    row = ana.get(f"/inbox/rows/{tulips.pk}/").content.decode()
    assert '<span class="badge is-status">Waiting for supplier</span>' in row


def test_the_table_of_steps_forbids_what_is_not_ticked(owner, ana, tulips):
    ticked = ["open>waiting", "waiting>open", "waiting>closed", "closed>open", "snoozed>open", "open>snoozed"]
    assert owner.post("/settings/statuses/moves/", {"move": ticked}).status_code == 302
    assert ForbiddenMove.objects.count() == 6
    answer = ana.post(f"/conversations/{tulips.pk}/closure/", headers={"HX-Request": "true"})
    assert (answer.status_code, "Closed" in answer["HX-Trigger"]) == (409, True)
    table = owner.get("/settings/statuses/").content.decode()
    assert [name for name in ticked if f'value="{name.replace(">", "&gt;")}"' not in table] == []
    boxes = [tag for tag in table.split("<input") if 'name="move"' in tag]
    assert len([tag for tag in boxes if " checked>" in tag.partition("\n")[0]]) == len(ticked)


def test_closing_warns_of_steps_that_are_left(cast, ana, tulips):  # noqa: F811
    template = shaping.create_checklist("Wedding order", items=["Date", "Colours"], by=cast.flora)
    ana.post(f"/conversations/{tulips.pk}/checklists/", {"template": template.pk})
    part = ana.post(f"/conversations/{tulips.pk}/checklists/1/items/0/", {"ticked": "yes"}, headers=PART)
    assert "Ana Adler" in part.content.decode()
    answer = ana.post(f"/conversations/{tulips.pk}/closure/", headers={"HX-Request": "true"})
    assert "still open on its checklists: 1" in answer["HX-Trigger"]


def test_minutes_are_noted_where_the_company_wants_to_know(cast, owner, ana, tulips):  # noqa: F811
    assert "data-timer" not in page(ana, tulips)
    owner.post("/settings/time/", {"is_noted": "on"})
    assert installing.current().time_spent
    ana.post(f"/conversations/{tulips.pk}/time/", {"minutes": "25", "words": "on the phone"})
    assert "25 min" in page(ana, tulips)
    assert ana.post(f"/conversations/{tulips.pk}/time/", {"minutes": "x"}).status_code == 400


def test_the_panel_costs_the_page_no_statement(cast, ana, tulips):  # noqa: F811
    other = cast.conversation("Roses")
    bare = statements(ana, other)
    for number in range(6):
        filling.fill(tulips, shaping.define(Described(f"Field {number}"), by=cast.flora), written=["x"], by=cast.ana)
    shaping.create_status("Ours", kind="waiting", by=cast.flora)
    template = shaping.create_checklist("Wedding order", items=["Date"], by=cast.flora)
    ana.post(f"/conversations/{tulips.pk}/checklists/", {"template": template.pk})
    assert statements(ana, tulips) == bare


def statements(client, conversation) -> int:
    """Of the pane, asked for the second time."""
    page(client, conversation)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/conversations/{conversation.pk}/", headers={"HX-Request": "true"})
    return len(asked)


def test_search_and_views_find_an_own_status(cast, owner, ana, tulips):  # noqa: F811
    status = shaping.create_status("Waiting for supplier", kind="waiting", by=cast.flora)
    settling.put(tulips, status=f"own:{status.pk}", by=cast.ana)
    link = f"/conversations/{tulips.pk}/"
    assert link in ana.get("/search/?q=status:%22waiting+for+supplier%22").content.decode()
    assert link not in ana.get("/search/?q=-status:%22waiting+for+supplier%22").content.decode()
