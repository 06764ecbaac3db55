"""An agent writes to a customer first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.channels.contract import Address
from rapport.conversations import access, beginning, releasing, replying
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import NoInbox, NoRecipient, NoSubject, NotAllowed, NothingToSay
from rapport.conversations.models import Conversation, Draft, Participant
from rapport.conversations.tests.cast import CARLA, kinds
from rapport.search import finding

NEWS = ReplyContent(html="<p>Your vase is back in stock.</p>", to=[CARLA, Address("dan@example.net")], subject="Vase")


def begin(cast, content=NEWS, **options):
    options = {"inbox": cast.inbox, "by": cast.ana, "delay": timedelta(0), **options}
    return beginning.begin(content=content, **options)


def test_a_conversation_begins_with_our_words(cast):
    message = begin(cast, then="waiting")
    conversation = message.conversation
    assert (conversation.customer, conversation.team, conversation.assignee) == (cast.carla, cast.shop, cast.ana)
    assert (message.state, message.subject) == ("held", "Vase")
    assert releasing.release(message)
    conversation.refresh_from_db()
    assert (conversation.status, conversation.preview) == ("waiting", "Your vase is back in stock.")
    assert kinds(conversation)[0] == "conversation.begun"
    assert finding.conversation_ids("vase stock") == [conversation.pk]
    people = Participant.objects.filter(conversation=conversation).values_list("email", "role")
    assert set(people) == {("carla@example.org", "requester"), ("dan@example.net", "requester")}


def test_the_customers_answer_comes_to_the_same_conversation_and_reaches_nobody_elses(cast):
    conversation = begin(cast).conversation
    assert access.conversations_visible_to(cast.sam).filter(pk=conversation.pk).exists()
    assert not access.conversations_visible_to(cast.ben).filter(pk=conversation.pk).exists()


def test_taken_back_it_waits_as_a_draft_of_its_conversation(cast):
    message = begin(cast, delay=timedelta(minutes=1))
    replying.cancel(message, by=cast.ana)
    assert "vase" in Draft.objects.get(conversation=message.conversation).html


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"subject": " "}, NoSubject),
        ({"to": []}, NoRecipient),
        ({"html": "<p></p>"}, NothingToSay),
    ],
)
def test_what_lacks_something_begins_nothing(cast, changed, refusal):
    fields = {"html": NEWS.html, "to": NEWS.to, "subject": NEWS.subject, **changed}
    with pytest.raises(refusal):
        begin(cast, ReplyContent(**fields))
    assert not Conversation.objects.exists()


def test_one_writes_from_inboxes_of_own_teams_only(cast):
    with pytest.raises(NoInbox):
        begin(cast, inbox=cast.drivers_inbox)
    with pytest.raises(NotAllowed):
        begin(cast, by=cast.kim)
    assert begin(cast, inbox=cast.drivers_inbox, by=cast.flora).conversation.team == cast.drivers


def test_half_written_words_are_kept_until_they_are_sent(cast):
    beginning.keep(by=cast.ana, inbox=None, content=ReplyContent(html="<p>Dear"))
    beginning.keep(by=cast.ana, inbox=cast.inbox, content=NEWS)
    beginning.keep(by=cast.ben, inbox=None, content=NEWS)
    assert set(Draft.objects.values_list("author", "subject")) == {(cast.ana.pk, "Vase"), (cast.ben.pk, "Vase")}
    begin(cast)
    assert beginning.kept(cast.ana) is None
    assert beginning.kept(cast.ben) is not None
