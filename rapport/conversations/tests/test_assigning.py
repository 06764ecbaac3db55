"""Who is responsible, and in which team."""

from __future__ import annotations

import pytest

from rapport.conversations import access, assigning, moving
from rapport.conversations.errors import AssignedMeanwhile, CannotAssign, NotAllowed
from rapport.conversations.tests.cast import fresh
from rapport.events.models import Event


def test_the_event_says_from_whom_to_whom(cast):
    conversation = assigning.assign(cast.conversation(), to=cast.ana, by=cast.sam)
    assigning.assign(conversation, to=cast.sam, by=cast.sam)
    data = list(Event.objects.filter(kind="conversation.assigned").order_by("pk").values_list("data", flat=True))
    assert data == [{"from": None, "to": cast.ana.pk}, {"from": cast.ana.pk, "to": cast.sam.pk}]


def test_assigning_to_the_same_person_changes_nothing(cast):
    conversation = assigning.assign(cast.conversation(), to=cast.ana, by=cast.sam)
    assigning.assign(conversation, to=cast.ana, by=cast.sam)
    assert Event.objects.filter(kind="conversation.assigned").count() == 1


def test_who_comes_second_is_told(cast):
    conversation = cast.conversation()
    seen_by_sam = fresh(conversation)
    assigning.assign(conversation, to=cast.ana, by=cast.ana)
    with pytest.raises(AssignedMeanwhile):
        assigning.assign(seen_by_sam, to=cast.sam, by=cast.sam)
    assert fresh(conversation).assignee == cast.ana


@pytest.mark.parametrize("who", ["kim", "eva"])
def test_nobody_who_cannot_answer_becomes_responsible(cast, who):
    with pytest.raises(CannotAssign):
        assigning.assign(cast.conversation(), to=getattr(cast, who), by=cast.sam)


def test_an_assignee_of_another_team_sees_what_is_asked_of_them(cast):
    conversation = assigning.assign(cast.conversation(), to=cast.ben, by=cast.sam)
    assert access.get_conversation(cast.ben, conversation.pk) == conversation


def test_a_colleague_cannot_assign(cast):
    with pytest.raises(NotAllowed):
        assigning.assign(cast.conversation(), to=cast.ana, by=cast.kim)


def test_moving_hands_the_conversation_to_the_other_team(cast):
    conversation = assigning.assign(cast.conversation(), to=cast.ana, by=cast.ana)
    moving.move(conversation, team=cast.drivers, by=cast.ana)
    after = fresh(conversation)
    assert (after.team, after.assignee) == (cast.drivers, None)
    assert not access.conversations_visible_to(cast.ana).filter(pk=conversation.pk).exists()


def test_an_assignee_who_is_in_the_new_team_stays(cast):
    conversation = assigning.assign(cast.conversation(), to=cast.ben, by=cast.sam)
    assert moving.move(conversation, team=cast.drivers, by=cast.sam).assignee == cast.ben
