"""The same press twice: the line broke before its answer came."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from rapport.conversations.models import Conversation, Draft, Message, TimeEntry
from rapport.conversations.tests.cast import fresh, make_cast
from rapport.conversations.tests.test_races import at_once
from rapport.desk import repeating
from rapport.desk.tests.seated import HTMX, ana, at_desk, cast
from rapport.kit import clock
from rapport.people import submitting
from rapport.people.models import Submission

__all__ = ["ana", "cast"]

KEY = "k" * 32


def press(client, conversation, *, body="On their way.", key=KEY, path="replies", **form):
    seen = fresh(conversation).last_message_id
    sent = {"body": body, "seen": seen, "once": key, **form}
    return client.post(f"/conversations/{conversation.pk}/{path}/", sent, **HTMX)


def replies():
    return Message.objects.filter(kind="reply")


def test_a_reply_that_is_pressed_again_is_sent_once_and_answered_as_the_first_time(cast, ana):
    conversation = cast.conversation()
    first = press(ana, conversation)
    again = press(ana, conversation, then="closed")  # what follows does not make it another reply
    assert (again.status_code, again["HX-Trigger"]) == (first.status_code, first["HX-Trigger"])
    assert replies().count() == 1


def test_other_words_under_the_same_key_are_not_sent_until_they_are_pressed_again(cast, ana):
    conversation = cast.conversation()
    press(ana, conversation)
    refused = press(ana, conversation, body="On their way, by noon.")
    told = json.loads(refused["HX-Trigger"])["rapport:refused"]
    assert refused.status_code == 409
    assert "was sent at" in told["sentence"]
    assert replies().count() == 1
    assert press(ana, conversation, body="On their way, by noon.", key=told["once"]).status_code == 204
    assert [one.text for one in replies().order_by("pk")] == ["On their way.", "On their way, by noon."]


@pytest.mark.parametrize("other", ["conversation", "path"])
def test_a_key_counts_for_the_form_it_was_given_to(cast, ana, other):
    conversation, another = cast.conversation(), cast.conversation("Roses?", subject="Roses")
    press(ana, conversation)
    where = {"conversation": another} if other == "conversation" else {"conversation": conversation, "path": "notes"}
    refused = press(ana, where.pop("conversation"), **where)
    assert refused.status_code == 409
    assert Message.objects.filter(kind__in=["reply", "note"]).count() == 1


def test_what_was_refused_may_be_sent_under_its_key(cast, ana):
    conversation = cast.conversation()
    assert press(ana, conversation, body=" ").status_code == 400
    assert press(ana, conversation, body="{{customer.name}}").status_code == 400
    assert press(ana, conversation).status_code == 204
    assert replies().count() == 1


def test_somebody_who_wrote_meanwhile_leaves_the_key_free(cast, ana):
    conversation = cast.conversation()
    first = {"body": "On their way.", "seen": 0, "once": KEY}
    assert ana.post(f"/conversations/{conversation.pk}/replies/", first, **HTMX).status_code == 409
    assert Draft.objects.count() == 1
    assert press(ana, conversation).status_code == 204


def test_a_colleague_has_keys_of_their_own(cast, ana):
    conversation = cast.conversation()
    press(ana, conversation)
    assert press(at_desk(cast.flora), conversation).status_code == 204
    assert replies().count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_do_it_once_and_hear_the_same(transactional_db):
    cast = make_cast()
    conversation = cast.conversation()
    clients = [at_desk(cast.ana) for _ in range(2)]
    answers = at_once(*[lambda client=client: press(client, conversation) for client in clients])
    assert [answer.status_code for answer in answers] == [204, 204]
    assert answers[0]["HX-Trigger"] == answers[1]["HX-Trigger"]
    assert replies().count() == 1


def test_a_key_that_no_page_gave_out_is_refused(cast, ana):
    conversation = cast.conversation()
    for key in ("short", "x" * 41, "k" * 31 + "é"):
        assert press(ana, conversation, key=key).status_code == 400
    assert not replies()


def test_each_page_gives_out_a_key_of_its_own(cast, ana):
    conversation = cast.conversation()
    addresses = [f"/conversations/{conversation.pk}/composer/", "/conversations/new/"]
    pages = [ana.get(address, **HTMX).content.decode() for address in addresses for _ in range(2)]
    keys = [piece.split('"')[0] for page in pages for piece in page.split('name="once" value="')[1:]]
    assert len(keys) == len(set(keys)) >= 6
    assert all(repeating._KEY.fullmatch(key) for key in keys)


def test_time_and_new_conversations_are_noted_once(cast, ana):
    conversation = cast.conversation()
    at_desk(cast.flora).post("/settings/time/", {"is_noted": "on"})
    spent = {"minutes": 5, "words": "called", "once": KEY}
    part = HTMX | {"HTTP_HX_TARGET": "work"}
    answers = [ana.post(f"/conversations/{conversation.pk}/time/", spent, **part) for _ in range(2)]
    assert TimeEntry.objects.count() == 1
    assert [one.get("HX-Refresh") for one in answers] == [None, "true"]
    new = {"to": "x@y.example", "subject": "New", "body": "Hello", "inbox": cast.inbox.pk, "then": "", "once": "n" * 32}
    before = Conversation.objects.count()
    first, again = (ana.post("/conversations/new/", new) for _ in range(2))
    assert Conversation.objects.count() == before + 1
    assert first["Location"] == again["Location"]


def test_keys_are_forgotten_after_days(cast, ana):
    press(ana, cast.conversation())
    assert submitting.forget_old() == 0
    Submission.objects.update(at=clock.now() - submitting.KEPT - timedelta(minutes=1))
    assert submitting.forget_old() == 1
