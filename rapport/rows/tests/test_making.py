"""Rows made without their model's constructor are the rows that it makes."""

from __future__ import annotations

import pytest

from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import Cast
from rapport.events.models import Event
from rapport.intake.models import RawMessage
from rapport.kit import clock
from rapport.outbox.models import Delivery
from rapport.rows import making


def held(row):
    return {name: value for name, value in row.__dict__.items() if name != "_state"}


@pytest.mark.parametrize("model", [Conversation, Message, Event, RawMessage, Delivery])
def test_a_new_row_holds_what_the_constructor_gives_it(model, monkeypatch):
    moment = clock.now()
    given = {"created_at": moment} if model is Conversation else {"at": moment} if model in (Message, Event) else {}
    monkeypatch.setattr(clock, "now", lambda: moment)
    ours, theirs = making.new(model, **given), model(**given)
    assert held(ours).keys() == held(theirs).keys()
    assert {name for name, value in held(ours).items() if value != held(theirs)[name]} <= {"received_at", "next_try_at"}
    assert (ours._state.adding, ours._state.db, ours.pk) == (True, None, None)


def test_what_is_made_anew_belongs_to_one_row_alone():
    one, other = making.new(Event, kind="x.y"), making.new(Event, kind="x.y")
    one.data["words"] = 1
    assert other.data == {}


def test_a_related_row_is_named_by_its_id_and_a_misspelt_column_by_nothing():
    assert making.new(Message, conversation_id=7).conversation_id == 7
    for wrong in ("conversation", "subjekt"):
        with pytest.raises(TypeError, match=wrong):
            making.new(Message, **{wrong: 7})


@pytest.mark.django_db
def test_a_stored_row_is_the_row_and_reads_what_it_was_not_given(cast: Cast, django_assert_num_queries):
    conversation = cast.conversation()
    names = ["id", "subject"]
    row = making.stored(Conversation, names, [conversation.pk, conversation.subject])
    with django_assert_num_queries(1):
        assert (row, row.customer_id, row._state.adding) == (conversation, conversation.customer_id, False)
