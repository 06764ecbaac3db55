"""Out of sight until a time."""

from __future__ import annotations

import pytest
import time_machine

from rapport.conversations import snoozing
from rapport.conversations.errors import NotInThePast
from rapport.conversations.models import Conversation
from rapport.conversations.tests.cast import fresh, in_minutes, kinds

Status = Conversation.Status


def test_a_snoozed_conversation_comes_back_at_its_time_and_not_before(cast):
    conversation = cast.conversation()
    snoozing.snooze(conversation, until=in_minutes(60), by=cast.ana)
    assert snoozing.wake_due() == 0
    with time_machine.travel(in_minutes(61)):
        assert snoozing.wake_due() == 1
        assert snoozing.wake_due() == 0
    after = fresh(conversation)
    assert (after.status, after.snoozed_until) == (Status.OPEN, None)
    assert kinds(conversation)[-2:] == ["conversation.snoozed", "conversation.woken"]


def test_the_customer_goes_on_waiting_meanwhile(cast):
    conversation = cast.conversation()
    assert snoozing.snooze(conversation, until=in_minutes(5), by=cast.ana).waiting_since == conversation.waiting_since


def test_waking_by_hand(cast):
    conversation = snoozing.snooze(cast.conversation(), until=in_minutes(5), by=cast.ana)
    assert snoozing.wake(conversation, by=cast.ana).status == Status.OPEN


def test_the_past_is_refused(cast):
    with pytest.raises(NotInThePast):
        snoozing.snooze(cast.conversation(), until=in_minutes(-1), by=cast.ana)


def test_send_and_snooze_puts_it_away_when_the_reply_goes_out(cast):
    conversation = cast.conversation()
    cast.replies(conversation, then="snoozed", snooze_until=in_minutes(30))
    assert fresh(conversation).status == Status.SNOOZED


def test_send_and_snooze_needs_a_time(cast):
    with pytest.raises(NotInThePast):
        cast.holds(cast.conversation(), then="snoozed")
