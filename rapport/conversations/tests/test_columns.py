"""Whatever happens, the columns that lists read agree with the messages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.channels.contract import InboundKind
from rapport.conversations import (
    announcing,
    closing,
    merging,
    noting,
    receiving,
    releasing,
    replying,
    snoozing,
    spamming,
    splitting,
    tallying,
)
from rapport.conversations.announcing import Words
from rapport.conversations.errors import ConversationRefusal
from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import DAN, attachment, fresh, in_minutes, make_cast

Status, State = Conversation.Status, Message.State
STEPS = {
    "writes": lambda cast, one, _other: cast.writes("More", into=one, attachments=[attachment()]),
    "brother writes": lambda cast, one, _other: cast.writes("Me too", sender=DAN, into=one, stranger=True),
    "is away": lambda cast, one, _other: cast.writes("Away", into=one, kind=InboundKind.AUTO_REPLY),
    "old mail": lambda cast, one, _other: cast.writes(
        "Old", into=one, historic=True, at=fresh(one).created_at - timedelta(days=1)
    ),
    "reply": lambda cast, one, _other: cast.holds(one),
    "reply and close": lambda cast, one, _other: cast.holds(one, then="closed"),
    "release": lambda _cast, _one, _other: releasing.release_due(),
    "undo send": lambda cast, one, _other: replying.cancel(last(one, state=State.HELD), by=cast.ana),
    "admit": lambda cast, one, _other: receiving.admit_stranger(last(one, state=State.STRANGER), by=cast.ana),
    "acknowledge": lambda _cast, one, _other: announcing.announce(one, Words([], "Thank you", "It is here")),
    "note": lambda cast, one, _other: noting.note(one, by=cast.ana, html="hm"),
    "close": lambda cast, one, _other: closing.close(one, by=cast.ana),
    "wait": lambda cast, one, _other: closing.wait(one, by=cast.ana),
    "reopen": lambda cast, one, _other: closing.reopen(one, by=cast.ana),
    "snooze": lambda cast, one, _other: snoozing.snooze(one, until=in_minutes(9), by=cast.ana),
    "wake": lambda cast, one, _other: snoozing.wake(one, by=cast.ana),
    "spam": lambda cast, one, _other: spamming.mark_spam(one, by=cast.ana),
    "not spam": lambda cast, one, _other: spamming.not_spam(one, by=cast.ana),
    "merge": lambda cast, one, other: merging.merge(one, into=other, by=cast.ana),
    "undo merge": lambda cast, one, _other: merging.undo_merge(one, by=cast.ana),
    "split": lambda cast, one, _other: splitting.split([last(one)], by=cast.ana),
    "undo split": lambda cast, one, _other: splitting.undo_split(one, by=cast.ana),
}

# Fewer on the second database: see the profiles in conftest.py.
EXAMPLES = min(60, settings().max_examples)


def last(conversation, **facts):
    message = Message.objects.filter(conversation=conversation, **facts).order_by("pk").last()
    return message or Message(conversation=conversation)


def told(conversation):
    return {name: getattr(conversation, name) for name in tallying.COLUMNS}


def check_every_conversation():
    for conversation in Conversation.objects.filter(merged_into=None):
        kept = told(conversation)
        tallying.recount(conversation)
        assert kept == told(conversation), conversation
        put_away = conversation.status in (Status.CLOSED, Status.WAITING, Status.SPAM)
        assert not (put_away and conversation.waiting_since)
        assert (conversation.status == Status.CLOSED) == (conversation.closed_at is not None) or put_away
        assert (conversation.status == Status.SNOOZED) <= (conversation.snoozed_until is not None)


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.booleans()), min_size=3, max_size=14))
def test_any_sequence_of_verbs_keeps_the_columns_true_to_the_messages(steps):
    with transaction.atomic():  # one example must not see the rows of another
        follow(steps)
        transaction.set_rollback(True)


def follow(steps):
    cast = make_cast()
    conversations = [cast.conversation("One"), cast.conversation("Two")]
    for name, swap in steps:
        one, other = (fresh(row) for row in (reversed(conversations) if swap else conversations))
        try:
            STEPS[name](cast, one, other)
        except ConversationRefusal:
            continue
        check_every_conversation()
