"""What the palette finds: places, conversations, customers, and nothing one may not see."""

from __future__ import annotations

import json

from django.db import connection

from rapport.conversations import merging
from rapport.conversations.tests.cast import fresh
from rapport.desk.tests.seated import ana, at_desk, ben, cast

__all__ = ["ana", "ben", "cast"]


def texts(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return {one["text"] for one in json.loads(answer.content)["found"]}


def test_a_number_words_and_the_beginning_of_a_word_find_a_conversation(cast, ana):
    conversation = cast.conversation(subject="Tulips for the wedding")
    for query in (str(conversation.pk), f"%23{conversation.pk}", "wedding", "tulips wedd", "WEDD"):
        assert "Tulips for the wedding" in texts(ana, f"/palette/?q={query}"), query
    assert texts(ana, "/palette/?q=w") == set()


def test_customers_are_found_by_name_and_address(cast, ana):
    cast.conversation()
    assert "Carla Conti" in texts(ana, "/palette/?q=conti")
    assert "Carla Conti" in texts(ana, "/palette/?q=carla@example.org")


def test_what_one_may_not_see_is_neither_found_nor_remembered(cast, ana, ben):
    conversation = cast.conversation(subject="Secret tulips")
    paths = ["/palette/?q=secret", f"/palette/?q={conversation.pk}", f"/palette/places/?recent={conversation.pk}"]
    assert all("Secret tulips" in texts(ana, path) for path in paths)
    assert all("Secret tulips" not in texts(ben, path) for path in paths)
    kim = at_desk(cast.kim)
    assert texts(kim, "/palette/?q=conti") == texts(kim, "/palette/?q=secret") == set()


def test_a_merged_conversation_leads_nowhere_of_its_own(cast, ana):
    old, living = cast.conversation(subject="Roses"), cast.conversation(subject="Tulips")
    merging.merge(old, into=living, by=cast.ana)
    assert "Roses" not in texts(ana, f"/palette/?q={fresh(old).pk}")


def test_places_are_those_one_may_enter(cast, ana):
    flora, kim = at_desk(cast.flora), at_desk(cast.kim)
    assert {"Mine", "Shop", "Ben Berg", "Macros", "Waiting to go out"} <= texts(ana, "/palette/places/")
    assert "Audit log" in texts(flora, "/palette/places/")
    assert texts(kim, "/palette/places/").isdisjoint({"Audit log", "Inboxes", "Shop", "Waiting to go out"})


def test_asking_costs_as_much_for_many_as_for_one(cast, ana, django_assert_max_num_queries):
    for number in range(9):
        cast.conversation(subject=f"Tulips {number}")
    texts(ana, "/palette/?q=tulips")
    # On PostgreSQL each of the two searches sets its own limits, in a savepoint.
    with django_assert_max_num_queries(16 if connection.vendor == "sqlite" else 22):
        assert len(texts(ana, "/palette/?q=tulips")) == 6
