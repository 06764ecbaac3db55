"""A practice inbox in a real installation: opened, written to, answered, and removed without a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from rapport.channels.models import Inbox
from rapport.conversations import listing, merging, releasing, replying
from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import Cast, make_cast
from rapport.desk.tests.seated import at_desk
from rapport.files.models import Attachment
from rapport.intake import processing
from rapport.intake.models import RawMessage
from rapport.outbox import queueing, sending
from rapport.outbox.models import Delivery
from rapport.people.models import Account, Customer
from rapport.practice import opening, reading, removing
from rapport.reactions import running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def first_letter(cast: Cast) -> Conversation:
    opening.open_inbox(team=cast.shop, by=cast.flora)
    opening.write_first(subject="Tulips?", words="Have you got tulips?\n")
    processing.process_due()
    running.run_due()
    return Conversation.objects.get(subject="Tulips?")


def practice_inbox() -> int:
    return Inbox.objects.get(address=opening.ADDRESS).pk


def left() -> tuple[int, ...]:
    """What people wrote; the real customer is acknowledged meanwhile."""
    written = Message.objects.exclude(kind=Message.Kind.AUTOMATIC)
    return Conversation.objects.count(), written.count(), Customer.objects.count()


def test_the_first_letter_comes_by_the_real_intake_once_and_the_answer_goes_nowhere(cast):
    conversation = first_letter(cast)
    assert opening.write_first(subject="Tulips?", words="Again") is None
    content = replying.ReplyContent(html="<p>Yes, red ones.</p>", seen_message_id=conversation.last_message_id)
    releasing.release(replying.reply(conversation, by=cast.ana, content=content, delay=timedelta(0)))
    running.run_due()
    sending.send_due()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    received = [one.inbound.text for one in reading.letters("ida@practice.example") if not one.is_sent]
    assert any("Yes, red ones." in text for text in received)


def test_what_the_product_itself_sends_goes_by_a_real_inbox_if_there_is_one(cast):
    Inbox.objects.all().delete()
    practice = opening.open_inbox(team=cast.shop, by=cast.flora)
    assert queueing.sending_inbox() == practice
    real = Inbox.objects.create(name="Real", address="real@fleur.example", settings={"transport": "smtp"})
    assert queueing.sending_inbox() == real


def test_removing_takes_everything_made_up_and_nothing_real(cast):
    real = cast.conversation("Real words", subject="Real")
    before = left()
    counted = listing.counts(cast.flora)
    conversation = first_letter(cast)
    merging.merge(real, into=conversation, by=cast.flora)
    folder = settings.ENVIRONMENT.home / "practice" / str(practice_inbox())
    sending.send_due()
    assert folder.exists()
    removing.remove(by=cast.flora)
    assert left() == before
    assert listing.counts(Account.objects.get(pk=cast.flora.pk)) == counted
    assert not RawMessage.objects.filter(source="practice").exists()
    assert not Inbox.objects.filter(address=opening.ADDRESS).exists()
    assert not Attachment.objects.filter(conversation_id=conversation.pk).exists()
    assert not folder.exists()
    removing.remove(by=cast.flora)


def test_the_practice_pages_stand_for_those_who_see_the_inbox_and_write_to_no_other(cast):
    assert at_desk(cast.ana).get("/practice/").status_code == 404
    first_letter(cast)
    ana, ben = at_desk(cast.ana), at_desk(cast.ben)
    assert ana.get("/practice/ida/").status_code == 200
    assert {ben.get(f"/practice/{page}").status_code for page in ("", "ida/", "ida/letters/")} == {404}
    assert ben.post("/practice/ida/", {"subject": "x", "words": "x"}).status_code == 404
    fields = {"subject": "x", "words": "x", "inbox": cast.inbox.pk}
    assert ana.post("/practice/ida/", fields).status_code == 422
    assert ana.post("/practice/ida/", {**fields, "inbox": practice_inbox()}).status_code == 302
    processing.process_due()
    page = ana.get(f"/conversations/{Conversation.objects.latest('pk').pk}/").content.decode()
    assert "this customer is made up" in page
