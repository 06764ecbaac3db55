"""Macros, over HTTP: kept in the settings, used at the composer."""

from __future__ import annotations

import json

import pytest

from rapport.conversations import authoring
from rapport.conversations.authoring import Prepared
from rapport.conversations.models import Macro
from rapport.conversations.tests.cast import fresh
from rapport.desk.tests.seated import HTMX, ana, at_desk, ben, cast

__all__ = ["ana", "ben", "cast"]

ENTERED = {
    "name": "Refund",
    "audience": "me",
    "format": "text",
    "body": "Dear {{customer.first_name|there}},\n\nit is <b>done</b>: {{order.number}}.",
    "add_tags": "refund, money",
    "assign": "me",
    "status": "waiting",
}


def write(client, **changed):
    return client.post("/settings/macros/", {**ENTERED, **changed})


def test_an_agent_writes_a_macro_and_uses_it(cast, ana):
    assert write(ana).status_code == 302
    conversation, macro = cast.conversation(), Macro.objects.get()
    address = f"/conversations/{conversation.pk}/macros/"
    assert "Refund" in ana.get(address, **HTMX).content.decode()
    done = json.loads(ana.post(f"{address}{macro.pk}/", **HTMX)["HX-Trigger"])["rapport:done"]
    assert done["insert"] == "<p>Dear Carla,</p><p>it is &lt;b&gt;done&lt;/b&gt;: {{order.number}}.</p>"
    assert done["missing"] == ["order.number"]
    now = fresh(conversation)
    assert (now.status, now.assignee) == ("waiting", cast.ana)
    assert set(now.tags.values_list("name", flat=True)) == {"refund", "money"}


def test_a_macro_is_changed_and_shows_what_it_holds(cast, ana):
    write(ana)
    address = f"/settings/macros/{Macro.objects.get().pk}/"
    page = ana.get(address).content.decode()
    assert "refund, money" in page
    assert "{{order.number}}" in page
    ana.post(
        address,
        {**ENTERED, "name": "Money back", "format": "html", "body": "<p>Hi</p><script>1</script>", "status": ""},
    )
    changed = Macro.objects.get()
    assert (changed.name, changed.html, len(changed.acts)) == ("Money back", "<p>Hi</p>", 3)


def test_an_archived_macro_is_offered_no_more_until_it_is_restored(cast, ana):
    write(ana)
    macro, listed = Macro.objects.get(), f"/conversations/{cast.conversation().pk}/macros/"
    ana.post(f"/settings/macros/{macro.pk}/archive/")
    assert "Refund" not in ana.get(listed, **HTMX).content.decode()
    ana.post(f"/settings/macros/{macro.pk}/restoration/")
    assert "Refund" in ana.get(listed, **HTMX).content.decode()


@pytest.mark.parametrize("audience", ["all", "team:1", "nobody"])
def test_an_agent_writes_macros_for_nobody_else(cast, ana, audience):
    assert write(ana, audience=audience).status_code == 400
    assert not Macro.objects.exists()


def test_a_supervisor_writes_for_the_own_team_only(cast):
    sam = at_desk(cast.sam)
    assert write(sam, audience=f"team:{cast.shop.pk}").status_code == 302
    assert write(sam, audience=f"team:{cast.drivers.pk}").status_code == 400
    assert Macro.objects.get().team == cast.shop


def test_nobody_opens_or_uses_a_macro_of_others(cast, ana, ben):
    write(ana)
    pk, conversation = Macro.objects.get().pk, cast.conversation(inbox=cast.drivers_inbox)
    assert ben.get(f"/settings/macros/{pk}/").status_code == 404
    assert ben.post(f"/settings/macros/{pk}/archive/").status_code == 404
    assert ben.post(f"/conversations/{conversation.pk}/macros/{pk}/", **HTMX).status_code == 404


def test_a_macro_without_anything_in_it_is_not_kept(cast, ana):
    page = write(ana, body=" ", add_tags="", assign="", status="")
    assert page.status_code == 400
    assert "nothing to send" in page.content.decode()


def test_the_list_asks_no_query_a_macro(cast, ana, django_assert_max_num_queries):
    for name in ("One", "Two", "Three", "Four"):
        authoring.create(Prepared(name, "<p>x</p>"), by=cast.sam, team=cast.shop)
    number = cast.conversation().pk
    with django_assert_max_num_queries(12):
        assert ana.get(f"/conversations/{number}/macros/", **HTMX).content.decode().count("data-macro=") == 4
