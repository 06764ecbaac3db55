"""Talking with somebody else about a conversation: what stays apart, what comes together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.channels.contract import Address
from rapport.conversations import (
    access,
    closing,
    finding,
    listing,
    merging,
    reading,
    releasing,
    siding,
    snoozing,
    tallying,
)
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import CannotSplit, NoSubject, NotFound, PartOfConversation
from rapport.conversations.models import ASIDE, Conversation, Message, Participant
from rapport.conversations.siding import Enclosed
from rapport.conversations.splitting import split
from rapport.conversations.tests.cast import CARLA, DAN, again, attachment, fresh, in_minutes, kinds
from rapport.files.models import Attachment

SVEN = Address("sven@supplier.example", "Sven Svensson")


def asks(cast, main, words="When do you deliver?", **fields):
    """Ana writes to the supplier; it has gone out."""
    enclosed = fields.pop("enclosed", None)
    content = ReplyContent(html=f"<p>{words}</p>", to=[SVEN], subject="Delivery", **fields)
    message = siding.begin(main, by=cast.ana, content=content, enclosed=enclosed, delay=timedelta(0))
    assert releasing.release(message)
    return Message.objects.get(pk=message.pk)


def answers(cast, side, words="On Tuesday.", **options):
    return cast.writes(words, sender=options.pop("sender", SVEN), into=side, **options)


def test_a_letter_aside_is_a_conversation_of_its_own_that_no_list_search_or_number_leads_to(cast):
    main = cast.conversation()
    message = asks(cast, main)
    side = message.conversation
    assert (side.status, side.customer_id, message.subject) == (ASIDE, None, "Delivery")
    for account in (cast.ana, cast.flora, cast.sam):
        assert [row.number for row in listing.inbox_page(account, view="open").rows] == [main.pk]
        assert not access.conversations_visible_to(account).filter(pk=side.pk).exists()
        with pytest.raises(NotFound):
            access.get_conversation(account, side.pk)
        assert access.get_side(account, main, side.pk).main_id == main.pk
    assert [row.number for row in finding.search(cast.ana, query="deliver").rows] == [main.pk]


def test_nothing_of_the_main_conversation_goes_along_unless_chosen(cast):
    main = cast.writes("My card is 1234", attachments=[attachment("card.jpg"), attachment("vase.jpg", b"clay")])
    plain = asks(cast, main.conversation)
    assert "1234" not in plain.text
    assert plain.attachment_count == 0
    assert plain.in_reply_to_message_id is None
    chosen = Attachment.objects.filter(filename="vase.jpg")
    quoting = asks(cast, main.conversation, enclosed=Enclosed(about=main, files=list(chosen)))
    assert "1234" in quoting.text
    assert [row.filename for row in Attachment.objects.filter(message_id=quoting.pk)] == ["vase.jpg"]
    assert Attachment.objects.filter(message_id=main.pk).count() == 2


def test_a_customers_braces_in_a_forwarded_message_are_no_placeholder_of_ours(cast):
    mail = cast.writes("{{name}} is what your letter said", html="<p>{{name}} <img src='cid:logo'></p>")
    forwarded = asks(cast, mail.conversation, enclosed=Enclosed(about=mail, forward=True))
    assert "{{name}}" in forwarded.text
    assert "cid:logo" in forwarded.html
    assert kinds(mail.conversation)[-1] == "conversation.forwarded"


def test_who_takes_part_is_written_to_in_the_conversation_itself(cast):
    main = cast.conversation(cc=[DAN])
    Participant.objects.filter(conversation=main, email=DAN.email).update(role=Participant.Role.COPY)
    side = asks(cast, main).conversation
    for person in (CARLA, DAN):
        content = ReplyContent(html="<p>Psst</p>", subject="Psst", to=[SVEN], bcc=[person])
        with pytest.raises(PartOfConversation):
            siding.begin(main, by=cast.ana, content=content)
        with pytest.raises(PartOfConversation):
            siding.write(side, by=cast.ana, content=content)
    with pytest.raises(NoSubject):
        siding.begin(main, by=cast.ana, content=ReplyContent(html="<p>x</p>", to=[SVEN]))


def test_their_answer_marks_the_main_conversation_unread_wakes_it_and_answers_no_customer(cast):
    main = cast.conversation()
    side = asks(cast, main).conversation
    waited = fresh(main).waiting_since
    snoozing.snooze(fresh(main), until=in_minutes(60), by=cast.ana)
    reading.mark_read(main, by=cast.ana, up_to=fresh(main).last_message_id)
    answer = answers(cast, fresh(side))
    after = fresh(main)
    assert (answer.conversation_id, answer.kind, answer.customer_id) == (side.pk, "customer", None)
    assert (after.status, after.message_count, after.waiting_since) == ("open", 1, waited)
    assert listing.inbox_page(cast.ana, view="open").rows[0].unread
    assert kinds(main)[-2:] == ["conversation.woken", "conversation.side_answered"]
    tallying.recount(after)
    assert fresh(main).last_message_id == answer.pk


def test_done_until_they_write_again(cast):
    main = cast.conversation()
    side = asks(cast, main).conversation
    siding.finish(side, by=cast.ana)
    siding.finish(side, by=cast.ana)
    assert kinds(main).count("conversation.side_done") == 1
    answers(cast, fresh(side))
    assert access.get_side(cast.ana, main, side.pk).done_at is None


def test_a_stranger_beside_is_held_and_shown_on_the_main_conversation(cast):
    main = cast.conversation()
    side = asks(cast, main).conversation
    held = answers(cast, fresh(side), sender=DAN, stranger=True)
    assert fresh(side).held_count == 1
    assert kinds(main)[-1] == "conversation.side_stranger"
    assert held.customer_id is None


def test_it_follows_the_conversation_it_stands_beside_through_merging_and_back(cast):
    main, other = cast.conversation("First"), cast.conversation("Second")
    side = asks(cast, main).conversation
    merging.merge(main, into=other, by=cast.ana)
    answer = answers(cast, fresh(side))
    assert access.get_side(cast.ana, fresh(other), side.pk).pk == side.pk
    assert fresh(other).last_message_id == answer.pk
    merging.undo_merge(fresh(main), by=cast.ana)
    assert access.get_side(cast.ana, fresh(main), side.pk).pk == side.pk


def test_it_is_seen_by_who_sees_the_main_conversation_and_by_nobody_else(cast):
    main = cast.conversation()
    message = asks(cast, main)
    assert access.get_message(cast.ana, message.pk) == message
    for nobody in (cast.ben, cast.kim):
        with pytest.raises(NotFound):
            access.get_message(again(nobody), message.pk)
        with pytest.raises(NotFound):
            access.main_of_side(again(nobody), message.conversation_id)
    with pytest.raises(NotFound):
        access.get_side(cast.ana, cast.conversation(), message.conversation_id)
    assert access.main_of_side(cast.ana, message.conversation_id) == main.pk


def test_what_stays_what_it_is(cast):
    main = cast.conversation()
    message = asks(cast, main)
    answers(cast, fresh(message.conversation))
    with pytest.raises(CannotSplit):
        split([message], by=cast.ana)
    closing.close(fresh(main), by=cast.ana)
    assert Conversation.objects.get(pk=message.conversation_id).status == ASIDE
