"""A colleague without an account is asked by mail: the answer is a note, and nothing of it ever reaches the customer."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings
from django.test import Client

from rapport.channels.contract import Inbound, InboundKind, SendFailed
from rapport.channels.email import references
from rapport.channels.email.adapter import EmailAdapter
from rapport.conversations import receiving, releasing
from rapport.conversations.models import Conversation, Message, Participant, Question
from rapport.conversations.tests.cast import Cast, fresh
from rapport.desk.tests.seated import ana
from rapport.intake.tests.mails import CARLA, STRANGER, arrive, conversation_of, mail, message_of
from rapport.kit import clock
from rapport.notifications.models import Notification
from rapport.outbox import composing, sending
from rapport.outbox.models import Delivery
from rapport.reactions import running

__all__ = ["ana"]

BO = "Bo Berg <bo@fleur.example>"


@pytest.fixture
def main(cast: Cast) -> Conversation:
    """Carla's conversation, in an inbox whose server is trusted and takes +tags."""
    cast.inbox.authserv_id = "mx.fleur.example"
    cast.inbox.settings = {"plus_addressing": True}
    cast.inbox.save()
    return conversation_of(arrive(mail("My card is 4711"), cast.inbox))


def asks(ana: Client, main: Conversation, **more: object) -> Delivery:
    """Ana asks Bo at her browser; his mail on its way."""
    sent = ana.post(f"/conversations/{main.pk}/questions/", {"to": BO, "body": "Are there bulbs?", **more})
    assert sent.status_code == 302, sent.content
    goes_out()
    return Delivery.objects.get(message__question__email="bo@fleur.example")


def goes_out() -> None:
    """The time in which it can be taken back is over."""
    Message.objects.filter(state="held").update(release_at=clock.now())
    releasing.release_due()
    running.run_due()


def answers(
    cast: Cast,
    asked: Delivery,
    words: str,
    *,
    sender: str = BO,
    proved: bool = True,
    more: dict[str, str] | None = None,
) -> Message:
    """A mail that answers the question arrives by the real intake."""
    domain = sender.rstrip(">").rpartition("@")[2]
    verdict = f"mx.fleur.example; dmarc={'pass' if proved else 'none'} header.from={domain}"
    named = {"in_reply_to": f"<{asked.external_id}>", "authentication_results": verdict} | (more or {})
    raw = mail(words, sender=sender, subject="Re: A question", **named)
    return message_of(arrive(raw, cast.inbox))


def page(ana: Client, main: Conversation) -> str:
    return ana.get(f"/conversations/{main.pk}/").content.decode()


def test_a_question_that_can_still_be_taken_back_says_that_it_has_not_left(ana, main):
    ana.post(f"/conversations/{main.pk}/questions/", {"to": BO, "body": "Are there bulbs?"})
    shown = page(ana, main)
    assert ("Question by mail: not sent yet" in shown, "no answer yet" in shown, "Undo send" in shown) == (
        True,
        False,
        True,
    )


def test_asking_is_a_note_here_and_a_mail_to_one_person_with_what_was_chosen_and_no_more(cast, ana, main):
    assert (
        'name="message"'
        in ana.get(f"/conversations/{main.pk}/questions/new/?message={main.last_message_id}").content.decode()
    )
    plain = composing.compose(asks(ana, main))
    note = Message.objects.get(kind="note")
    assert (note.author, note.text.strip(), note.conversation) == (cast.ana, "Are there bulbs?", main)
    assert (plain.to[0].email, plain.cc, plain.bcc, plain.references, plain.in_reply_to) == (
        "bo@fleur.example",
        [],
        [],
        [],
        "",
    )
    assert "Are there bulbs?" in plain.text
    assert "Answer this mail" in plain.text
    whole = f"{plain.subject} {plain.text} {plain.html}"
    assert not [word for word in ("4711", "Carla", "Tulips") if word in whole]
    assert plain.reply_to is not None
    found = references.read_reply_address(plain.reply_to.email, ring=settings.KEY_RING)
    assert found is not None
    assert (found.purpose, found.subject_id, found.valid) == ("ask", note.pk, True)
    shown = page(ana, main)
    assert "Asked by mail: no answer yet" in shown
    assert "Bo Berg &lt;bo@fleur.example&gt; gets this by mail" in shown
    Delivery.objects.all().delete()
    Question.objects.all().delete()
    quoted = composing.compose(asks(ana, main, message=main.last_message_id, quote="yes"))
    assert "4711" in quoted.text
    assert "4711" in quoted.html
    assert "4711" not in Message.objects.filter(kind="note").latest("pk").text


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("", "Nobody would receive this"),
        ("bo@fleur.example, cem@fleur.example", "one colleague at a time"),
        ("drivers@fleur.example", "one of your own inboxes"),
        (CARLA, "takes part in the conversation itself"),
    ],
)
def test_a_question_to_nobody_several_or_the_customer_is_refused_and_nothing_is_left_of_it(cast, ana, main, to, said):
    refused = ana.post(f"/conversations/{main.pk}/questions/", {"to": to, "body": "Bulbs?"})
    assert refused.status_code in (400, 409)
    assert said in refused.content.decode()
    assert not Message.objects.filter(kind="note").exists()
    assert not Question.objects.exists()


def test_a_question_is_held_and_taken_back_to_where_it_was_asked_and_whatever_the_customer_writes_it_goes_out(
    cast, ana, main
):
    address, about = f"/conversations/{main.pk}/questions/", {"message": main.last_message_id, "quote": "yes"}
    told = ana.post(address, {"to": BO, "body": "Are there bulbs?", **about}, headers={"HX-Request": "true"})
    facts = json.loads(told["HX-Trigger"])["rapport:done"]
    running.run_due()
    note = Message.objects.get(kind="note")
    assert (note.state, facts["undo"], facts["seconds"]) == ("held", f"/messages/{note.pk}/hold/", 10)
    assert not Delivery.objects.filter(message__kind="note").exists()
    assert "Goes out" in page(ana, main)
    assert ana.post(facts["undo"]).status_code == 302
    goes_out()
    assert not Delivery.objects.filter(message__kind="note").exists()
    assert "Are there bulbs?" not in page(ana, main)
    kept = ana.get(f"{address}new/").content.decode()
    assert ("Are there bulbs?" in kept, "bo@fleur.example" in kept) == (True, True)
    assert f'name="message" value="{main.last_message_id}"' in kept
    assert ana.post(f"{address}draft/", {"to": BO, "body": "Overwritten?"}).status_code == 409
    assert ana.post(f"{address}draft/", {"to": BO, "body": "Are there bulbs?", "refills": "1"}).status_code == 204
    asks(ana, main, body="Something else, from a page that does not show what came back")
    assert "Are there bulbs?" in ana.get(f"{address}new/").content.decode()
    Delivery.objects.all().delete()
    ana.post(address, {"to": BO, "body": "Are there bulbs?", "refills": "1", **about})
    cast.writes("One more thing", into=fresh(main))
    goes_out()
    assert Delivery.objects.get(message__kind="note").recipients == ["bo@fleur.example"]
    assert "Are there bulbs?" not in ana.get(f"{address}new/").content.decode()
    assert ana.post(facts["undo"]).status_code == 409


@pytest.mark.parametrize(("proved", "word"), [(True, "Sender proved"), (False, "Sender not proved")])
def test_the_answer_is_a_note_its_asker_is_told_and_the_customers_next_mail_holds_nothing_of_it(
    cast, ana, main, proved, word
):
    asked = asks(ana, main)
    note = answers(cast, asked, "Nine hundred in hall two", proved=proved)
    assert (note.kind, note.state, note.author, note.customer) == ("note", "done", None, None)
    assert note.conversation == main
    running.run_due()
    told = Notification.objects.get(account=cast.ana)
    assert (told.said, told.who, told.message_id) == ("answered", "Bo Berg", note.pk)
    shown = page(ana, main)
    assert "Asked by mail: answered" in shown
    assert "From bo@fleur.example. Only colleagues see this" in shown
    assert word in shown
    report = Inbound(kind=InboundKind.BOUNCE, message_id="report@mx.elsewhere.example")
    assert asked.message is not None
    bounced = receiving.attach_bounce(asked.message, inbound=report)
    reply = cast.replies(fresh(main), "They come on Tuesday.")
    running.run_due()
    out = composing.compose(Delivery.objects.get(message=reply))
    whole = f"{out.subject} {out.text} {out.html}"
    assert not [each for each in ("Nine", "hall", "bulbs", "Bo Berg", "bo@") if each in whole]
    assert [one.email for one in (*out.to, *out.cc, *out.bcc)] == ["carla@example.org"]
    inside = {note.external_id, asked.external_id, bounced.external_id}
    assert len(inside) == 3
    assert not inside & {out.in_reply_to, *out.references}
    assert not Participant.objects.filter(email="bo@fleur.example").exists()


@pytest.mark.parametrize("way", ["answer", "address"])
def test_another_sender_with_the_same_reference_is_held_as_a_note_and_letting_it_in_adds_nobody(cast, ana, main, way):
    asked = asks(ana, main)
    address = composing.compose(asked).reply_to
    assert address is not None
    more = {"in_reply_to": "<unknown@elsewhere.example>", "to": address.email} if way == "address" else {}
    held = answers(cast, asked, "Send it to me", sender=STRANGER, more=more)
    assert (held.kind, held.state, held.conversation) == ("note", "stranger", main)
    assert Question.objects.get().answered_at is None
    assert "This is not the address that was asked" in page(ana, main)
    before = set(Participant.objects.values_list("email", flat=True))
    assert ana.post(f"/messages/{held.pk}/admission/").status_code == 302
    assert Message.objects.get(pk=held.pk).state == "done"
    assert set(Participant.objects.values_list("email", flat=True)) == before
    assert Question.objects.get().answered_at is not None


def test_a_forged_reference_reaches_nothing_and_a_machine_or_the_customer_answers_no_question(cast, ana, main):
    asked = asks(ana, main)
    forged = re.sub(r"ask\.\d+", f"ask.{main.last_message_id}", asked.external_id)
    stray = answers(cast, asked, "Let me in", more={"in_reply_to": f"<{forged}>"})
    assert stray.conversation != main
    assert stray.reference_check == "invalid"
    away = answers(cast, asked, "I am away", more={"auto_submitted": "auto-replied"})
    assert (away.kind, away.conversation) == ("note", main)
    claimed = {"authentication_results": "mx.fleur.example; dmarc=fail header.from=fleur.example"}
    spoofed = answers(cast, asked, "Pay at once", more=claimed)
    assert (spoofed.kind, spoofed.sender_check) == ("note", "failed")
    hers = answers(cast, asked, "My colleague Bo copied me in", sender=CARLA)
    assert (hers.kind, hers.state, hers.conversation) == ("customer", "done", main)
    assert Question.objects.get().answered_at is None


def test_a_question_that_could_not_be_delivered_says_so_on_the_note_and_to_its_asker(cast, ana, main, monkeypatch):
    def refuse(*_: object) -> None:
        raise SendFailed("No such colleague", permanent=True)

    asked = asks(ana, main)
    monkeypatch.setattr(EmailAdapter, "send", refuse)
    sending.send_due()
    running.run_due()
    told = Notification.objects.get(account=cast.ana)
    assert (told.said, told.why, told.message_id) == ("not_asked", "asked", asked.message_id)
    shown = page(ana, main)
    assert "Not delivered" in shown
    assert "No such colleague" in shown
    assert "Send again" in shown
