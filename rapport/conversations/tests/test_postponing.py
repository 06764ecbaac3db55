"""A reply that waits gets another time, and what stops it stops it at any time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations import postponing, releasing
from rapport.conversations.errors import NoInbox, NotAllowed, NotInThePast, PictureMissing, TooLate
from rapport.conversations.models import Draft, Message
from rapport.conversations.tests.cast import again, in_minutes
from rapport.files import attaching, storing
from rapport.outbox import queueing

DAY = timedelta(days=1)


def test_a_waiting_reply_gets_another_time_and_goes_out_then(cast):
    message = cast.holds(cast.conversation(), delay=DAY)
    postponing.postpone(message, until=in_minutes(5), by=cast.ana)
    assert releasing.release_due() == 0
    Message.objects.update(release_at=in_minutes(-1))
    assert releasing.release_due() == 1


def test_a_reply_that_is_sent_now_still_comes_back_when_somebody_wrote(cast):
    conversation = cast.conversation()
    message = cast.holds(conversation, "On their way.", delay=DAY)
    cast.writes("Cancel please!", into=conversation)
    postponing.postpone(message, until=None, by=cast.ana)
    releasing.release_due()
    assert Message.objects.get(pk=message.pk).state == Message.State.RETURNED
    assert "On their way." in Draft.objects.get().html


def test_only_its_author_only_while_it_waits_and_only_ahead(cast):
    message = cast.holds(cast.conversation(), delay=DAY)
    with pytest.raises(NotAllowed):
        postponing.postpone(message, until=in_minutes(5), by=cast.sam)
    with pytest.raises(NotInThePast):
        postponing.postpone(message, until=in_minutes(-5), by=cast.ana)
    assert Message.objects.get(pk=message.pk).release_at == message.release_at
    postponing.postpone(message, until=None, by=cast.ana)
    assert releasing.release_due() == 1
    with pytest.raises(TooLate):
        postponing.postpone(message, until=in_minutes(5), by=cast.ana)


def test_the_list_holds_ones_own_in_order_and_no_longer_what_one_may_not_see(cast, django_assert_num_queries):
    later, sooner = cast.holds(cast.conversation(), delay=DAY), cast.holds(cast.conversation(), delay=DAY / 2)
    cast.holds(cast.conversation(), by=cast.sam, delay=DAY)
    postponing.waiting_of(cast.ana)
    with django_assert_num_queries(3):  # the installation says whether all is open
        assert [one.pk for one in postponing.waiting_of(cast.ana)] == [sooner.pk, later.pk]
    cast.ana.memberships.all().delete()
    assert postponing.waiting_of(again(cast.ana)) == []


def test_a_reply_leaves_by_the_inbox_its_author_chose_among_the_visible(cast):
    conversation = cast.conversation()
    with pytest.raises(NoInbox):
        cast.holds(conversation, inbox_id=cast.drivers_inbox.pk)
    message = cast.holds(conversation, by=cast.flora, inbox_id=cast.drivers_inbox.pk)
    assert releasing.release(message)
    queued = queueing.queue_message(Message.objects.get(pk=message.pk))
    assert queued is not None
    assert queued.inbox == cast.drivers_inbox


def test_a_picture_in_the_text_is_sent_only_with_its_bytes(cast):
    conversation = cast.conversation()
    words = 'Look: <img src="cid:rose@rapport">'
    picture = attaching.upload(
        storing.store_bytes(b"rose"), filename="r.png", mime="image/png", uploader=cast.ana.pk, cid="rose@rapport"
    )
    with pytest.raises(PictureMissing):
        cast.holds(conversation, words)
    with pytest.raises(PictureMissing):
        cast.holds(conversation, words, by=cast.sam, attachment_ids=[picture.pk])
    assert cast.holds(conversation, words, attachment_ids=[picture.pk]).attachment_count == 1
