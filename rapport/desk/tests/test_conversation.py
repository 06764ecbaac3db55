"""The page of one conversation and what can be done on it, over HTTP."""

from __future__ import annotations

from rapport.desk.tests.seated import HTMX, ana, ben, cast

__all__ = ["ana", "ben", "cast"]


def test_the_page_shows_the_messages_and_one_heading(cast, ana):
    conversation = cast.conversation("My tulips are late")
    page = ana.get(f"/conversations/{conversation.pk}/").content.decode()
    assert "My tulips are late" in page
    assert page.count("<h1") == 1


def test_htmx_gets_the_pane_alone(cast, ana):
    conversation = cast.conversation()
    page = ana.get(f"/conversations/{conversation.pk}/", **HTMX).content.decode()
    assert "<html" not in page
    assert 'id="conversation"' in page


def test_who_may_not_see_a_conversation_gets_the_same_as_for_none(cast, ana, ben):
    address = f"/conversations/{cast.conversation().pk}/"
    assert ana.get(address).status_code == 200
    assert ben.get(address).status_code == 404
