"""Mail around a side conversation: every sender with every reference. References and senders are two facts here too."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.conf import settings

from rapport.channels.contract import Address
from rapport.channels.email import references
from rapport.conversations import noting, releasing, siding
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.models import ASIDE, Conversation, Message, Participant
from rapport.conversations.tests.cast import Cast, fresh
from rapport.events.models import Event
from rapport.intake.tests.mails import CARLA, STRANGER, arrive, conversation_of, mail, message_of
from rapport.outbox import composing
from rapport.outbox.models import Delivery
from rapport.reactions import running

SVEN = "Sven Svensson <sven@supplier.example>"
SENDERS = {"supplier": SVEN, "customer": CARLA, "stranger": STRANGER}


@pytest.fixture
def asked(cast: Cast) -> tuple[Conversation, Message, Message]:
    """Carla wrote, Ana answered her and asked Sven aside: the conversation, her reply, her letter to him."""
    main = conversation_of(arrive(mail("My card is 4711"), cast.inbox))
    noting.note(main, by=cast.ana, html="<p>She is in a hurry</p>")
    reply = cast.replies(main)
    content = ReplyContent(
        html="<p>Bulbs?</p>", to=[Address("sven@supplier.example", "Sven Svensson")], subject="Bulbs"
    )
    letter = siding.begin(fresh(main), by=cast.ana, content=content, delay=timedelta(0))
    assert releasing.release(letter)
    return main, reply, Message.objects.get(pk=letter.pk)


def named(letter: Message, way: str, cast: Cast) -> dict[str, str]:
    """Headers that name a message of ours in one of the ways that answers do."""
    if way == "address":
        return {"to": references.make_reply_address(cast.inbox.address, letter.conversation_id, ring=settings.KEY_RING)}
    if way == "forged":
        return {"in_reply_to": f"<{letter.external_id.replace('.', '.9', 2)}>"}
    return {"in_reply_to": f"<{letter.external_id}>"} if way == "answer" else {"references": f"<{letter.external_id}>"}


def test_who_takes_part_joins_and_everybody_else_is_held_where_the_reference_leads(cast, asked):
    main, reply, letter = asked
    belongs = {("supplier", letter.pk), ("customer", reply.pk)}
    for turn, (who, ours, way) in enumerate(
        product(SENDERS, (letter, reply), ("answer", "thread", "address", "forged"))
    ):
        raw = mail(f"Words {turn}", sender=SENDERS[who], subject="Re: Bulbs", **named(ours, way, cast))
        message = message_of(arrive(raw, cast.inbox))
        case = (who, "side" if ours is letter else "main", way)
        if way == "forged":
            assert message.conversation_id not in (main.pk, letter.conversation_id), case
            continue
        assert message.conversation_id == ours.conversation_id, case
        assert message.state == ("done" if (who, ours.pk) in belongs else "stranger"), case
    held = Message.objects.filter(state="stranger")
    assert held.filter(conversation=main).exists()
    assert held.filter(conversation=letter.conversation).exists()
    assert not Participant.objects.filter(conversation=main, email="sven@supplier.example").exists()


def test_nothing_of_one_side_is_in_what_the_other_gets(cast, asked):
    main, _, letter = asked
    answer = message_of(arrive(mail("Nine each", sender=SVEN, in_reply_to=f"<{letter.external_id}>"), cast.inbox))
    cast.replies(fresh(main), "They come on Tuesday.")
    content = ReplyContent(html="<p>Fine.</p>", seen_message_id=answer.pk)
    again = siding.write(fresh(letter.conversation), by=cast.ana, content=content, delay=timedelta(0))
    releasing.release(again)
    running.run_due()
    letters = {one: composing.compose(one) for one in Delivery.objects.filter(step="send", message__kind="reply")}
    assert len(letters) == 4
    for delivery, mail_out in letters.items():
        assert delivery.message is not None
        ids = {mail_out.in_reply_to, *mail_out.references}
        whole = f"{mail_out.subject} {mail_out.text} {mail_out.html}"
        aside = delivery.message.conversation.status == ASIDE
        assert delivery.recipients == (["sven@supplier.example"] if aside else ["carla@example.org"])
        others = Message.objects.exclude(conversation_id=delivery.message.conversation_id).exclude(external_id="")
        assert not ids & set(others.values_list("external_id", flat=True))
        assert not [word for word in (("4711", "hurry") if aside else ("Bulbs", "Nine", "Sven")) if word in whole]


def test_a_machine_that_answers_for_them_wakes_nobody_and_a_failure_is_seen_on_the_conversation(cast, asked):
    main, _, letter = asked
    away = mail("I am away", sender=SVEN, in_reply_to=f"<{letter.external_id}>", auto_submitted="auto-replied")
    before = fresh(main).last_message_id
    assert message_of(arrive(away, cast.inbox)).kind == "auto_reply"
    assert fresh(main).last_message_id == before
    assert not Event.objects.filter(kind="conversation.side_answered").exists()


def test_the_same_answer_twice_is_one_message(cast, asked):
    _, _, letter = asked
    raw = mail("On Tuesday", sender=SVEN, in_reply_to=f"<{letter.external_id}>")
    first = arrive(raw, cast.inbox)
    assert (arrive(raw, cast.drivers_inbox).state, first.state) == ("duplicate", "processed")
    assert letter.conversation.messages.count() == 2


def test_a_colleagues_mailed_answer_to_the_news_of_it_becomes_a_note_in_the_conversation_itself(cast, asked):
    main, _, letter = asked
    answer = message_of(arrive(mail("Nine", sender=SVEN, in_reply_to=f"<{letter.external_id}>"), cast.inbox))
    told = references.make_message_id(
        answer.pk, purpose="note", domain="fleur.example", ring=settings.KEY_RING, account_id=cast.ana.pk
    )
    note = message_of(arrive(mail("Too dear", sender="ana@fleur.example", in_reply_to=f"<{told}>"), cast.inbox))
    assert (note.kind, note.conversation_id) == ("note", main.pk)
