"""What one has begun to write is the team's to see, and to go on with."""

from __future__ import annotations

import pytest

from rapport.conversations import drafting
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import NotAllowed, NotFound
from rapport.conversations.models import Draft
from rapport.conversations.tests.cast import CARLA, fresh, kinds
from rapport.files import attaching, storing


@pytest.fixture
def begun(cast):
    upload = attaching.upload(storing.store_bytes(b"x"), filename="a.txt", mime="text/plain", uploader=cast.ana.pk)
    content = ReplyContent(html="<p>Dear Carla</p>", to=[CARLA], attachment_ids=[upload.pk])
    return drafting.save_draft(cast.conversation(), by=cast.ana, content=content)


def test_a_colleague_goes_on_where_one_stopped_files_too(cast, begun):
    drafting.save_draft(begun.conversation, by=cast.sam, content=ReplyContent(html="<p>Hello</p>"))
    taken = drafting.take_over(begun.conversation, begun.pk, by=cast.sam)
    assert (taken.author, taken.html) == (cast.sam, "<p>Hello</p><p>Dear Carla</p>")
    assert Draft.objects.count() == 1
    reply = cast.holds(begun.conversation, by=cast.sam, attachment_ids=taken.attachment_ids)
    assert reply.attachment_count == 1
    assert "conversation.draft_taken" in kinds(begun.conversation)


def test_nobody_takes_what_is_not_theirs_to_see_or_no_reply(cast, begun):
    note = drafting.save_draft(
        begun.conversation, by=cast.ana, content=ReplyContent(html="<p>Psst</p>"), kind=Draft.Kind.NOTE
    )
    for by, pk, refusal in (
        (cast.ben, begun.pk, NotFound),
        (cast.ana, begun.pk, NotFound),
        (cast.sam, note.pk, NotFound),
        (cast.sam, begun.pk + 1000, NotFound),
    ):
        with pytest.raises(refusal):
            drafting.take_over(fresh(begun.conversation), pk, by=by)
    cast.kim.involvements.create(conversation=begun.conversation, reason="asked")
    with pytest.raises(NotAllowed):
        drafting.take_over(begun.conversation, begun.pk, by=cast.kim)
    other = cast.conversation("Other")
    with pytest.raises(NotFound):
        drafting.take_over(other, begun.pk, by=cast.sam)
    assert Draft.objects.filter(author=cast.ana).count() == 2
