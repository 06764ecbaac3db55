"""Notes, mentions, following and drafts."""

from __future__ import annotations

import pytest

from rapport.channels.contract import Address
from rapport.conversations import access, drafting, following, noting
from rapport.conversations.errors import NotAllowed, NotFound, NothingToSay
from rapport.conversations.models import Draft, Involvement
from rapport.conversations.tests.cast import fresh, kinds
from rapport.events.models import Event


def test_a_note_is_for_colleagues_and_answers_nobody(cast):
    conversation = cast.conversation()
    noting.note(conversation, by=cast.ana, html="<p>Van is <b>late</b></p><script>x</script>")
    after = fresh(conversation)
    assert (after.waiting_since, after.message_count) == (conversation.waiting_since, 1)
    assert after.preview == conversation.preview
    assert "script" not in conversation.messages.get(kind="note").html


def test_mentioned_colleagues_see_the_conversation_and_former_ones_do_not(cast):
    conversation = cast.conversation()
    noting.note(conversation, by=cast.ana, html="Kim, Eva?", mentions=[cast.kim, cast.eva, cast.ana])
    assert access.get_conversation(cast.kim, conversation.pk) == conversation
    assert list(Involvement.objects.values_list("account", flat=True)) == [cast.kim.pk]
    assert Event.objects.get(kind="message.noted").data == {"mentions": [cast.kim.pk]}


def test_a_colleague_answers_with_a_note(cast):
    conversation = cast.conversation()
    noting.note(conversation, by=cast.ana, html="Kim?", mentions=[cast.kim])
    noting.note(conversation, by=cast.kim, html="The van is free.")
    assert kinds(conversation).count("message.noted") == 2


def test_an_empty_note_is_refused(cast):
    with pytest.raises(NothingToSay):
        noting.note(cast.conversation(), by=cast.ana, html="<p> </p>")


def test_one_follows_only_what_one_may_see(cast):
    conversation = cast.conversation()
    with pytest.raises(NotFound):
        following.follow(conversation, by=cast.ben)
    with pytest.raises((NotFound, NotAllowed)):
        following.follow(conversation, by=cast.eva)
    following.follow(conversation, by=cast.ana)
    following.follow(conversation, by=cast.ana)
    following.unfollow(conversation, by=cast.ana)
    assert kinds(conversation)[-2:] == ["conversation.followed", "conversation.unfollowed"]
    assert not Involvement.objects.exists()


def test_a_draft_is_its_authors_and_is_kept_once(cast):
    conversation = cast.conversation()
    content = drafting.ReplyContent(html="<p>Dear<script>x</script></p>", to=[Address("CARLA@example.org")])
    drafting.save_draft(conversation, by=cast.ana, content=content)
    draft = drafting.save_draft(conversation, by=cast.ana, content=content)
    assert (Draft.objects.count(), draft.to[0]["email"]) == (1, "carla@example.org")
    assert "script" not in draft.html
    assert drafting.draft_for(conversation, by=cast.sam) is None
    drafting.discard_draft(conversation, by=cast.ana)
    assert not Draft.objects.exists()


def test_a_note_leaves_the_draft_of_a_reply_alone(cast):
    conversation = cast.conversation()
    drafting.save_draft(conversation, by=cast.ana, content=drafting.ReplyContent(html="Dear"))
    noting.note(conversation, by=cast.ana, html="Van?")
    assert Draft.objects.count() == 1
