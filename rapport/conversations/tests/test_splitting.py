"""Messages about something else."""

from __future__ import annotations

import pytest

from rapport.conversations import receiving, referencing, splitting
from rapport.conversations.errors import CannotSplit, NotSplit
from rapport.conversations.models import Conversation
from rapport.conversations.tests.cast import DAN, attachment, fresh, kinds
from rapport.events.models import Event
from rapport.files.models import Attachment
from rapport.search import finding


@pytest.fixture
def two_topics(cast):
    conversation = cast.conversation("Where are my tulips?")
    other = cast.writes("And a bill, please", into=conversation, subject="Bill", attachments=[attachment()])
    return conversation, other


def test_the_messages_move_with_their_files_references_and_words(cast, two_topics):
    conversation, other = two_topics
    new = splitting.split([other], by=cast.ana)
    assert (new.subject, new.split_from, new.status) == ("Bill", conversation, Conversation.Status.OPEN)
    assert Attachment.objects.get(message_id=other.pk).conversation_id == new.pk
    assert referencing.messages_named([other.external_id])[0].conversation == new
    assert finding.conversation_ids("bill") == [new.pk]
    assert (fresh(conversation).message_count, fresh(new).message_count) == (1, 1)


def test_the_new_conversation_can_be_answered(cast, two_topics):
    _conversation, other = two_topics
    new = splitting.split([other], by=cast.ana)
    assert cast.holds(new).to[0]["email"] == "carla@example.org"


def test_a_message_of_somebody_else_makes_them_the_requester(cast):
    conversation = cast.conversation()
    message = cast.writes("My brother's order", sender=DAN, into=conversation, stranger=True)
    receiving.admit_stranger(message, by=cast.ana)
    new = splitting.split([message], by=cast.ana)
    roles = {row.email: row.role for row in new.participants.all()}
    assert (new.customer, roles) == (cast.dan, {DAN.email: "requester"})


def test_undo_puts_everything_back_and_the_number_leads_there(cast, two_topics):
    conversation, other = two_topics
    new = splitting.split([other], by=cast.ana)
    later = cast.writes("Hello?", into=new)
    splitting.undo_split(fresh(new), by=cast.ana)
    other.refresh_from_db()
    later.refresh_from_db()
    assert other.conversation == later.conversation == conversation
    assert fresh(new).merged_into == conversation
    assert fresh(conversation).message_count == 3
    assert kinds(conversation)[-1] == "conversation.unsplit"


def test_the_event_says_what_moved(cast, two_topics):
    conversation, other = two_topics
    new = splitting.split([other], by=cast.ana)
    data = Event.objects.get(kind="conversation.split").data
    assert data == {"source": conversation.pk, "target": new.pk, "messages": [other.pk]}


def test_something_must_stay_and_one_conversation_at_a_time(cast, two_topics):
    conversation, other = two_topics
    elsewhere = cast.writes("Elsewhere")
    held = cast.holds(conversation)
    first = conversation.messages.first()
    for chosen in ([], [other, elsewhere], [first, other], [held]):
        with pytest.raises(CannotSplit):
            splitting.split(chosen, by=cast.ana)
    with pytest.raises(NotSplit):
        splitting.undo_split(conversation, by=cast.ana)
