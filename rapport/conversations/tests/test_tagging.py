"""Tags, subjects, priorities and stages."""

from __future__ import annotations

import pytest

from rapport.conversations import prioritising, renaming, staging, tagging
from rapport.conversations.errors import NoName, UnknownStatus
from rapport.conversations.models import Conversation, Tag
from rapport.conversations.tests.cast import fresh, kinds
from rapport.search import finding


def test_case_and_accents_make_no_second_tag(cast):
    conversation = cast.conversation()
    tagging.tag(conversation, name="Café", by=cast.ana)
    tagging.tag(conversation, name="  cafe ", by=cast.ana)
    assert Tag.objects.count() == 1
    assert kinds(conversation).count("conversation.tagged") == 1


def test_a_tag_comes_off_and_the_word_stays_known(cast):
    conversation = cast.conversation()
    tagging.tag(conversation, name="VIP", by=cast.ana)
    tagging.untag(conversation, name="vip", by=cast.ana)
    tagging.untag(conversation, name="vip", by=cast.ana)
    assert not conversation.tags.exists()
    assert kinds(conversation)[-2:] == ["conversation.tagged", "conversation.untagged"]


@pytest.mark.parametrize("name", ["", "   ", "\n"])
def test_a_tag_needs_a_letter(cast, name):
    with pytest.raises(NoName):
        tagging.tag(cast.conversation(), name=name, by=cast.ana)


def test_a_new_subject_is_found_and_told(cast):
    conversation = renaming.rename(cast.conversation(), subject="Broken\r\nvase", by=cast.ana)
    assert conversation.subject == "Broken vase"
    assert finding.conversation_ids("vase") == [conversation.pk]
    with pytest.raises(NoName):
        renaming.rename(conversation, subject=" ", by=cast.ana)


def test_priority_and_stage_are_closed_sets(cast):
    conversation = cast.conversation()
    prioritising.set_priority(conversation, priority=Conversation.Priority.URGENT, by=cast.ana)
    staging.set_stage(conversation, stage="after", by=cast.ana)
    assert (fresh(conversation).priority, fresh(conversation).stage) == (3, "after")
    with pytest.raises(UnknownStatus):
        prioritising.set_priority(conversation, priority=9, by=cast.ana)
    with pytest.raises(UnknownStatus):
        staging.set_stage(conversation, stage="nowhere", by=cast.ana)
