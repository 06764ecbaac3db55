"""A new conversation, over HTTP."""

from __future__ import annotations

import pytest

from rapport.conversations.models import Conversation, Draft, Message
from rapport.desk.tests.seated import ana, at_desk, ben, cast

__all__ = ["ana", "ben", "cast"]


def entered(cast, **changed):
    fields = {
        "inbox": cast.inbox.pk,
        "to": "Carla <carla@example.org>",
        "subject": "Vase",
        "body": "It is back.",
        "then": "waiting",
    }
    return {**fields, **changed}


def test_an_agent_writes_first_and_lands_in_the_conversation(cast, ana):
    answer = ana.post("/conversations/new/", entered(cast))
    message = Message.objects.get()
    assert answer["Location"] == f"/conversations/{message.conversation_id}/"
    assert (message.state, message.to[0]["email"], message.close_after) == ("held", "carla@example.org", "waiting")
    assert "Ana Adler wrote first" in ana.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"to": ""}, "Add an address first"),
        ({"to": "nobody@@nowhere, carla@example.org"}, "is not an address"),
        ({"subject": ""}, "needs a subject"),
        ({"body": ""}, "nothing to send"),
        ({"body": "Dear {{customer.name}}"}, "has to be filled in"),
        ({"at": "2001-01-01T10:00"}, "lies ahead"),
    ],
)
def test_a_refusal_keeps_every_word(cast, ana, changed, said):
    answer = ana.post("/conversations/new/", entered(cast, **changed))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    for word in ("Vase", "It is back.", "carla@example.org"):
        assert word in page or word not in entered(cast, **changed).values()
    assert not Conversation.objects.exists()


def test_an_inbox_of_another_team_is_no_choice(cast, ana):
    assert ana.post("/conversations/new/", entered(cast, inbox=cast.drivers_inbox.pk)).status_code == 400
    assert cast.drivers_inbox.address not in ana.get("/conversations/new/").content.decode()


def test_a_colleague_does_not_write_to_customers(cast):
    assert at_desk(cast.kim).get("/conversations/new/").status_code == 403
    assert "/conversations/new/" not in at_desk(cast.kim).get("/inbox/").content.decode()


def test_what_is_being_written_is_kept_and_comes_back(cast, ana, ben):
    ana.post("/conversations/new/draft/", entered(cast, body="Dear Carla, half", to="carla@exam"))
    page = ana.get("/conversations/new/").content.decode()
    assert "Dear Carla, half" in page
    assert "Vase" in page
    assert "half" not in ben.get("/conversations/new/").content.decode()
    ana.post("/conversations/new/draft/", entered(cast, body="", to="", subject=""))
    assert not Draft.objects.exists()


def test_a_customers_page_leads_here_with_the_address(cast, ana):
    page = ana.get(f"/conversations/new/?customer={cast.carla.pk}").content.decode()
    assert "carla@example.org" in page
