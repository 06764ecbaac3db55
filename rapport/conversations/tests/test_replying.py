"""An agent answers: held, taken back, released or returned."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import Mock

import pytest

from rapport.channels.contract import Address
from rapport.conversations import closing, drafting, releasing, replying
from rapport.conversations.errors import NoInbox, NoRecipient, NotAllowed, NothingToSay, SomeoneAnswered, TooLate
from rapport.conversations.models import Conversation, Draft, Message
from rapport.conversations.tests.cast import CARLA, DAN, fresh, kinds
from rapport.events.models import Event
from rapport.files import attaching, storing
from rapport.files.errors import UploadUnknown
from rapport.kit import clock
from rapport.people import changing
from rapport.people.models import RoleRight
from rapport.people.rights import Right

Status, State = Conversation.Status, Message.State


def upload(cast, name="offer.pdf"):
    return attaching.upload(storing.store_bytes(b"offer"), filename=name, mime="application/pdf", uploader=cast.ana.pk)


def test_a_reply_is_held_and_nothing_has_left_yet(cast):
    conversation = cast.conversation()
    message = cast.holds(conversation, delay=None)
    assert (message.state, message.to[0]["email"], message.subject) == (State.HELD, CARLA.email, "Re: Tulips")
    assert message.release_at - message.at == timedelta(seconds=10)
    assert fresh(conversation).waiting_since is not None
    assert kinds(conversation)[-1] == "message.held"
    assert releasing.release_due() == 0


def test_a_released_reply_answers_the_customer(cast):
    conversation = cast.conversation()
    message = cast.replies(conversation, "On their way.")
    after = fresh(conversation)
    assert (after.waiting_since, after.status, after.preview) == (None, Status.OPEN, "On their way.")
    assert after.first_agent_message_at == after.last_agent_message_at == Message.objects.get(pk=message.pk).at
    assert kinds(conversation)[-1] == "message.replied"


@pytest.mark.parametrize(
    ("then", "status"), [("closed", Status.CLOSED), ("waiting", Status.WAITING), ("", Status.OPEN)]
)
def test_send_and_close_takes_effect_when_the_reply_goes_out(cast, then, status):
    conversation = cast.conversation()
    message = cast.holds(conversation, then=then)
    assert fresh(conversation).status == Status.OPEN
    releasing.release(message)
    assert fresh(conversation).status == status


@pytest.mark.parametrize("lost", ["account", "right"])
def test_a_reply_goes_out_although_its_author_may_not_close_any_more(cast, lost):
    conversation, other = cast.conversation(), cast.conversation()
    held = [cast.holds(conversation, then="closed"), cast.holds(other, by=cast.sam)]
    if lost == "account":
        changing.end(cast.ana, by=cast.flora)
    else:
        RoleRight.objects.filter(role=cast.ana.role, right=Right.MANAGE).delete()
    assert releasing.release_due() == 2
    assert {Message.objects.get(pk=one.pk).state for one in held} == {State.DONE}
    assert fresh(conversation).status == Status.OPEN


def test_a_reply_that_cannot_be_released_stops_no_other_and_is_tried_again(cast, monkeypatch):
    conversation, other = cast.conversation(), cast.conversation()
    stuck, good = cast.holds(conversation, then="closed"), cast.holds(other)
    monkeypatch.setattr(closing, "close", Mock(side_effect=[OSError("broken"), None]))
    assert releasing.release_due() == 2
    assert [Message.objects.get(pk=one.pk).state for one in (stuck, good)] == [State.HELD, State.DONE]
    assert "tries again" in fresh(conversation).attention
    assert releasing.release_due() == 0
    with clock.standing_at(clock.now() + releasing.AGAIN_AFTER):
        assert releasing.release_due() == 1
    assert fresh(conversation).attention == ""


def test_a_clock_set_back_keeps_no_reply_waiting_but_those_for_a_time_of_day(cast):
    short, later = (
        cast.holds(cast.conversation(), delay=timedelta(seconds=10)),
        cast.holds(cast.conversation(), delay=timedelta(hours=2)),
    )
    back = short.at - timedelta(hours=1)
    for seconds, gone_out in ((0, 0), (5, 0), (11, 1), (5400, 0), (10810, 1)):
        with clock.standing_at(back + timedelta(seconds=seconds)):
            assert (seconds, releasing.release_due()) == (seconds, gone_out)
    assert [Message.objects.get(pk=one.pk).state for one in (short, later)] == [State.DONE, State.DONE]


def test_what_was_released_once_is_not_released_again(cast):
    message = cast.replies(cast.conversation())
    assert not releasing.release(message)
    assert Event.objects.filter(kind="message.replied").count() == 1


def test_due_replies_are_released_and_others_wait(cast):
    due, waits = cast.holds(cast.conversation()), cast.holds(cast.conversation(), delay=timedelta(hours=1))
    assert releasing.release_due() == 1
    assert Message.objects.get(pk=due.pk).state == State.DONE
    assert Message.objects.get(pk=waits.pk).state == State.HELD


def test_a_reply_comes_back_when_the_customer_wrote_meanwhile(cast):
    conversation = cast.conversation()
    message = cast.holds(conversation, "On their way.")
    cast.writes("Cancel please!", into=conversation)
    assert not releasing.release(message)
    draft = Draft.objects.get(conversation=conversation, author=cast.ana)
    assert "On their way." in draft.html
    assert "Carla Conti" in draft.returned_because
    assert Message.objects.get(pk=message.pk).state == State.RETURNED
    assert kinds(conversation)[-1] == "message.returned"
    assert fresh(conversation).waiting_since is not None


def test_a_reply_comes_back_when_a_colleagues_reply_went_out_first(cast):
    conversation = cast.conversation()
    first, second = cast.holds(conversation, by=cast.sam), cast.holds(conversation, by=cast.ana)
    assert releasing.release(first)
    assert not releasing.release(second)
    assert Event.objects.filter(kind="message.replied").count() == 1


def test_even_a_reply_that_was_held_before_the_other_began_returns_it(cast):
    conversation = cast.conversation()
    early = cast.holds(conversation, by=cast.sam)
    late = cast.holds(conversation, by=cast.ana, seen_message_id=early.pk)
    assert releasing.release(early)
    assert not releasing.release(late)


def test_a_note_in_between_holds_nothing_up(cast):
    from rapport.conversations import noting

    conversation = cast.conversation()
    message = cast.holds(conversation)
    noting.note(conversation, by=cast.sam, html="<p>Good answer</p>")
    assert releasing.release(message)


def test_two_replies_of_one_author_both_go_out(cast):
    conversation = cast.conversation()
    one, two = cast.holds(conversation, "One"), cast.holds(conversation, "Two")
    assert releasing.release(one)
    assert releasing.release(two)


def test_sending_is_refused_when_someone_wrote_and_the_text_stays(cast):
    conversation = cast.conversation()
    seen = conversation.last_message_id
    newer = cast.writes("Hello?", into=conversation)
    with pytest.raises(SomeoneAnswered) as refused:
        cast.holds(conversation, seen_message_id=seen)
    assert refused.value.since == [newer]
    assert (refused.value.status, refused.value.code) == (409, "someone_answered")


def test_undo_send_gives_the_words_and_files_back(cast):
    conversation = cast.conversation()
    file = upload(cast)
    message = cast.holds(conversation, "Too soon", attachment_ids=[file.pk], delay=timedelta(minutes=1))
    replying.cancel(message, by=cast.ana)
    draft = Draft.objects.get(conversation=conversation, author=cast.ana)
    assert "Too soon" in draft.html
    assert draft.attachment_ids == [file.pk]
    assert not releasing.release(message)
    assert kinds(conversation)[-1] == "message.cancelled"


def test_what_has_gone_out_cannot_be_taken_back(cast):
    message = cast.replies(cast.conversation())
    with pytest.raises(TooLate):
        replying.cancel(message, by=cast.ana)


def test_a_reply_held_during_a_merge_comes_back_where_its_author_looks(cast):
    from rapport.conversations import merging

    source, target = cast.conversation(), cast.conversation()
    held = cast.holds(source)
    merging.merge(source, into=target, by=cast.sam)
    assert not releasing.release(held)
    assert drafting.draft_for(fresh(target), by=cast.ana) is not None


def test_sending_uses_up_the_draft(cast):
    conversation = cast.conversation()
    drafting.save_draft(conversation, by=cast.ana, content=replying.ReplyContent(html="<p>begun</p>"))
    cast.holds(conversation)
    assert not Draft.objects.exists()


def test_whoever_an_agent_writes_to_takes_part_from_then_on(cast):
    conversation = cast.conversation(cc=[DAN, Address("bystander@example.com")])
    cast.replies(conversation, cc=[DAN])
    roles = {row.email: row.role for row in conversation.participants.all()}
    assert roles == {CARLA.email: "requester", DAN.email: "copy", "bystander@example.com": "suggested"}


def test_files_of_others_are_not_sent(cast):
    file = upload(cast)
    with pytest.raises(UploadUnknown):
        cast.holds(cast.conversation(), by=cast.sam, attachment_ids=[file.pk])


def test_scripts_do_not_leave_with_a_reply(cast):
    message = cast.holds(cast.conversation(), "<script>alert(1)</script>Hi<img src=x onerror=alert(1)>")
    assert "script" not in message.html
    assert "onerror" not in message.html
    assert message.text.strip() == "Hi"


def test_a_reply_carries_a_signed_id_by_which_answers_find_it(cast):
    from django.conf import settings

    from rapport.channels.email.references import read_message_id
    from rapport.conversations import referencing

    message = cast.holds(cast.conversation())
    signed = read_message_id(message.external_id, ring=settings.KEY_RING)
    assert signed is not None
    assert (signed.valid, signed.subject_id, signed.purpose) == (True, message.pk, "reply")
    assert referencing.messages_named([message.external_id]) == [message]


def test_refusals_say_what_is_missing(cast):
    conversation = cast.conversation()
    with pytest.raises(NothingToSay):
        cast.holds(conversation, " ")
    with pytest.raises(NotAllowed):
        cast.holds(conversation, by=cast.kim)
    nobody = cast.conversation("?", sender=None)
    with pytest.raises(NoRecipient):
        cast.holds(nobody)
    Conversation.objects.filter(pk=conversation.pk).update(inbox=None)
    with pytest.raises(NoInbox):
        cast.holds(conversation)


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Tulips", "Re: Tulips"),
        ("Re: Tulips", "Re: Tulips"),
        ("AW: RE[2]: Tulips", "Re: Tulips"),
        ("Regards", "Re: Regards"),
    ],
)
def test_an_answers_subject_has_one_prefix(subject, answer):
    assert replying.answer_subject(subject) == answer
