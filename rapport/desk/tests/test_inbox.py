"""The list, over HTTP."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.conversations import assigning, closing, spamming
from rapport.conversations.tests.cast import fresh
from rapport.desk.tests.seated import HTMX, ana, at_desk, ben, cast

__all__ = ["ana", "ben", "cast"]


def test_the_inbox_shows_only_what_the_account_may_see(cast, ana, ben):
    cast.conversation(subject="For the shop")
    assert b"For the shop" in ana.get("/inbox/?view=open").content
    assert b"For the shop" not in ben.get("/inbox/?view=open").content


def test_a_visitor_is_sent_to_sign_in(cast):
    response = Client().get("/inbox/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_mine_holds_what_is_assigned_to_me(cast, ana):
    mine, other = cast.conversation(subject="My own"), cast.conversation(subject="Somebody’s")
    assigning.assign(mine, to=cast.ana, by=cast.ana)
    page = ana.get("/inbox/?view=mine").content.decode()
    assert (f'id="row-{mine.pk}"' in page, f'id="row-{other.pk}"' in page) == (True, False)


def test_an_unknown_view_is_refused_politely(cast, ana):
    assert ana.get("/inbox/?view=nonsense").status_code == 400


def test_unread_is_the_viewers_own(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/conversations/{conversation.pk}/read/", {"up_to": fresh(conversation).last_message_id})
    assert b"is-unread" not in ana.get("/inbox/?view=open").content
    assert b"is-unread" in at_desk(cast.sam).get("/inbox/?view=open").content


def test_reading_changes_nothing_by_get(cast, ana):
    conversation = cast.conversation()
    ana.get(f"/conversations/{conversation.pk}/")
    assert b"is-unread" in ana.get("/inbox/?view=open").content


@pytest.mark.parametrize("conversations", [1, 30])
def test_the_list_asks_the_same_for_one_row_and_for_thirty(cast, ana, django_assert_max_num_queries, conversations):
    for number in range(conversations):
        cast.conversation(f"Number {number}")
    ana.get("/inbox/?view=open")
    with django_assert_max_num_queries(16):
        ana.get("/inbox/?view=open")


def test_pages_follow_each_other_without_gap_or_repetition(cast, ana, monkeypatch):
    monkeypatch.setattr("rapport.conversations.listing.PAGE", 2)
    numbers = [cast.conversation(f"Number {n}").pk for n in range(3)]
    first = ana.get("/inbox/?view=open").content.decode()
    assert [number for number in numbers if f'id="row-{number}"' in first]


def test_one_row_is_as_closed_as_its_conversation(cast, ana, ben):
    address = f"/inbox/rows/{cast.conversation().pk}/"
    assert ana.get(address, **HTMX).status_code == 200
    assert ben.get(address, **HTMX).status_code == 404


def test_counts_speak_of_what_one_may_see(cast, ana, ben):
    cast.conversation()
    assert (ana.get("/inbox/counts/").json()["open"], ben.get("/inbox/counts/").json()["open"]) == (1, 0)


def test_several_are_closed_at_once(cast, ana):
    chosen = [cast.conversation(), cast.conversation("Other")]
    ana.post("/inbox/bulk/", {"act": "close", "number": [one.pk for one in chosen]})
    assert {fresh(one).status for one in chosen} == {"closed"}


def test_bulk_touches_nothing_when_one_of_them_may_not_be_seen(cast, ana, ben):
    mine, theirs = cast.conversation(inbox=cast.drivers_inbox), cast.conversation()
    assert ben.post("/inbox/bulk/", {"act": "close", "number": [mine.pk, theirs.pk]}).status_code == 404
    assert fresh(mine).status == fresh(theirs).status == "open"


def test_spam_comes_back_in_bulk(cast, ana):
    conversation = cast.conversation()
    spamming.mark_spam(conversation, by=cast.ana)
    assert b'value="not_spam"' in ana.get("/inbox/?view=spam").content
    ana.post("/inbox/bulk/", {"act": "not_spam", "number": [conversation.pk]})
    assert fresh(conversation).status == "open"


def test_search_finds_words_and_filters(cast, ana):
    found, closed = cast.conversation("A rare protea"), cast.conversation("A rare orchid")
    closing.close(closed, by=cast.ana)
    page = ana.get("/search/?q=rare+status:open").content.decode()
    assert (f'id="row-{found.pk}"' in page, f'id="row-{closed.pk}"' in page) == (True, False)


def test_search_finds_nothing_one_may_not_see(cast, ana, ben):
    conversation = cast.conversation("A rare protea")
    mark = f'id="row-{conversation.pk}"'.encode()
    assert mark in ana.get("/search/?q=protea").content
    assert mark not in ben.get("/search/?q=protea").content
