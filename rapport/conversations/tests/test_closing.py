"""Done, open again, or the customer's turn."""

from __future__ import annotations

import pytest

from rapport.conversations import closing
from rapport.conversations.errors import NotAllowed
from rapport.conversations.models import Conversation
from rapport.conversations.tests.cast import fresh, kinds

Status = Conversation.Status


def test_closing_ends_the_wait(cast):
    conversation = closing.close(cast.conversation(), by=cast.ana)
    assert (conversation.status, conversation.waiting_since) == (Status.CLOSED, None)
    assert conversation.closed_at is not None
    assert kinds(conversation)[-1] == "conversation.closed"


def test_closing_twice_is_closing_once(cast):
    conversation = closing.close(cast.conversation(), by=cast.ana)
    closing.close(conversation, by=cast.sam)
    assert kinds(conversation).count("conversation.closed") == 1


def test_reopening_brings_the_wait_back_as_it_was(cast):
    conversation = cast.conversation()
    since = conversation.waiting_since
    closing.close(conversation, by=cast.ana)
    after = closing.reopen(conversation, by=cast.ana)
    assert (after.status, after.waiting_since, after.closed_at) == (Status.OPEN, since, None)


def test_reopening_what_was_answered_starts_no_wait(cast):
    conversation = cast.conversation()
    cast.replies(conversation, then="closed")
    assert closing.reopen(conversation, by=cast.ana).waiting_since is None


def test_waiting_for_the_customer_means_nobody_waits_for_us(cast):
    conversation = closing.wait(cast.conversation(), by=cast.ana)
    assert (conversation.status, conversation.waiting_since) == (Status.WAITING, None)


def test_after_closing_only_the_new_message_waits(cast):
    conversation = closing.close(cast.conversation(), by=cast.ana)
    newer = cast.writes("Still nothing", into=conversation)
    assert fresh(conversation).waiting_since == newer.at


@pytest.mark.parametrize("verb", [closing.close, closing.reopen, closing.wait])
def test_colleagues_cannot_do_this(cast, verb):
    with pytest.raises(NotAllowed):
        verb(cast.conversation(), by=cast.kim)
