"""What one has begun to write is the team's to see, and to go on with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rapport.channels.contract import Address
from rapport.conversations import asking, drafting, siding
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import NotAllowed, NotFound, OwnLetterBegun, TakenOver
from rapport.conversations.models import Draft, Message
from rapport.conversations.tests.cast import CARLA, fresh, kinds
from rapport.events.models import Event
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


SVEN = Address("sven@supplier.example", "Sven")
LETTER = ReplyContent(html="<p>When, Sven?</p>", to=[SVEN], subject="Delivery")
SENT: dict[Draft.Kind, Callable[..., Message]] = {
    Draft.Kind.SIDE: siding.begin,
    Draft.Kind.ASK: asking.ask,
    Draft.Kind.REPLY: siding.write,
}


@pytest.fixture
def main(cast):
    return cast.conversation()


def place_of(cast, main, kind):
    """Where a letter of this kind is kept: the conversation, or the one beside it."""
    if kind != Draft.Kind.REPLY:
        return main
    return fresh(siding.begin(main, by=cast.sam, content=LETTER).conversation)


@pytest.mark.parametrize("kind", SENT)
def test_a_letter_aside_is_gone_on_with_by_one_and_sent_by_nobody_twice(cast, main, kind):
    place = place_of(cast, main, kind)
    opened = Event.objects.latest("pk").pk
    letter = replace(LETTER, opened=opened, seen_message_id=10**9)
    begun = drafting.save_draft(place, by=cast.ana, content=replace(letter, about_id=main.last_message_id), kind=kind)
    for by, refusal in ((cast.ben, NotFound), (cast.ana, NotFound)):
        with pytest.raises(refusal):
            drafting.take_over(place, begun.pk, by=by, kind=kind)
    taken = drafting.take_over(place, begun.pk, by=cast.sam, kind=kind)
    assert (taken.author, taken.html, taken.subject) == (cast.sam, "<p>When, Sven?</p>", "Delivery")
    assert (taken.to[0]["email"], taken.about_id) == ("sven@supplier.example", main.last_message_id)
    assert "conversation.draft_taken" in kinds(main)
    before = Message.objects.count()
    send = SENT[kind]
    with pytest.raises(TakenOver, match="Sam Silva"):
        drafting.save_draft(place, by=cast.ana, content=letter, kind=kind)
    with pytest.raises(TakenOver):
        send(place, by=cast.ana, content=letter)
    assert (Draft.objects.filter(author=cast.ana).count(), Message.objects.count()) == (0, before)
    again = replace(letter, opened=Event.objects.latest("pk").pk)  # her page was loaded anew
    drafting.save_draft(place, by=cast.ana, content=again, kind=kind)
    assert send(place, by=cast.sam, content=letter).state == "held"


@pytest.mark.parametrize("kind", [Draft.Kind.SIDE, Draft.Kind.ASK])
def test_two_first_letters_are_never_put_together(cast, main, kind):
    begun = drafting.save_draft(main, by=cast.ana, content=LETTER, kind=kind)
    own = replace(LETTER, html="<p>To the bank</p>", to=[Address("x@bank.example")])
    drafting.save_draft(main, by=cast.sam, content=own, kind=kind)
    with pytest.raises(OwnLetterBegun):
        drafting.take_over(main, begun.pk, by=cast.sam, kind=kind)
    assert sorted(Draft.objects.values_list("author__name", flat=True)) == ["Ana Adler", "Sam Silva"]
