"""Spam, and back."""

from __future__ import annotations

import pytest

from rapport.conversations import closing, spamming
from rapport.conversations.errors import NotAllowed
from rapport.conversations.models import Conversation
from rapport.conversations.tests.cast import fresh, kinds

Status = Conversation.Status


def test_not_spam_brings_back_the_status_and_the_wait(cast):
    conversation = cast.conversation()
    since = conversation.waiting_since
    spamming.mark_spam(conversation, by=cast.ana)
    assert fresh(conversation).waiting_since is None
    back = spamming.not_spam(conversation, by=cast.ana)
    assert (back.status, back.waiting_since, back.status_before_spam) == (Status.OPEN, since, "")
    assert kinds(conversation)[-2:] == ["conversation.spam", "conversation.unspam"]


def test_a_closed_one_comes_back_closed(cast):
    conversation = closing.close(cast.conversation(), by=cast.ana)
    spamming.mark_spam(conversation, by=cast.ana)
    assert spamming.not_spam(conversation, by=cast.ana).status == Status.CLOSED


def test_many_at_once_and_undone_at_once(cast):
    three = [cast.conversation() for _ in range(3)]
    spamming.mark_spam(three[0], by=cast.ana)
    assert spamming.mark_all_spam(three, by=cast.ana) == 2
    assert spamming.none_spam(three, by=cast.ana) == 3
    assert {fresh(one).status for one in three} == {Status.OPEN}


def test_colleagues_cannot_do_this(cast):
    with pytest.raises(NotAllowed):
        spamming.mark_spam(cast.conversation(), by=cast.kim)
