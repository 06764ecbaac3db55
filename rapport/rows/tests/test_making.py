"""Rows made without their model's constructor are the rows that it makes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from rapport.conversations.models import Conversation, Message
from rapport.events.models import Event
from rapport.intake.models import RawMessage
from rapport.outbox.models import Delivery
from rapport.rows import making

MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def held(row):
    return {name: value for name, value in row.__dict__.items() if name != "_state"}


@pytest.mark.parametrize("model", [Conversation, Message, Event, RawMessage, Delivery])
@time_machine.travel(MOMENT, tick=False)
def test_a_new_row_holds_what_the_constructor_gives_it(model):
    ours, theirs = making.new(model), model()
    assert held(ours) == held(theirs)
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
def test_a_stored_row_is_the_row_and_reads_what_it_was_not_given(django_assert_num_queries):
    event = Event.objects.create(kind="x.y", at=MOMENT, data={"words": 1})
    row = making.stored(Event, ["id", "kind"], [event.pk, "x.y"])
    with django_assert_num_queries(1):
        assert (row, row.data, row._state.adding) == (event, {"words": 1}, False)
