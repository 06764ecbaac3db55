"""Sending is honest: what happened is what the delivery says."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError

from rapport.channels.contract import Address, SendFailed
from rapport.channels.registry import adapter_for
from rapport.conversations.tests.cast import CARLA, DAN
from rapport.events.models import Event
from rapport.files import storing
from rapport.kit import clock
from rapport.outbox import queueing, retrying, sending
from rapport.outbox.models import Delivery
from rapport.outbox.tests.shop import Shop, State, attention, fresh, way_out
from tests.servers.ports import free_port
from tests.servers.smtp_sink import CLOSE, HANG

COMMANDS = ("EHLO", "MAIL", "RCPT", "DATA", "BODY")
ELSA = Address("elsa@example.net")


def message_ids(shop: Shop) -> list[str]:
    return [str(message_from_bytes(one.content)["Message-ID"]) for one in shop.sink.messages]


def events_of(delivery: Delivery) -> list[str]:
    rows = Event.objects.filter(subject_id=delivery.pk, kind__startswith="delivery.").order_by("pk")
    return [kind.removeprefix("delivery.") for kind in rows.values_list("kind", flat=True)]


def test_a_reply_reaches_the_customer_and_says_so(shop: Shop):
    delivery = shop.sends(shop.writes_back())
    assert (delivery.state, delivery.attempts, events_of(delivery)) == (State.SENT, 1, ["sent"])
    assert delivery.sent_at
    [received] = shop.sink.messages
    assert (received.sender, received.recipients) == ("hello@fleur.example", [CARLA.email])
    assert storing.read(delivery.raw_sha256) == received.content


def test_what_was_sent_is_not_sent_again(shop: Shop):
    delivery = shop.writes_back()
    shop.sends(delivery)
    assert delivery.message is not None
    assert queueing.queue_message(delivery.message) == delivery
    assert sending.send_due() == 0
    assert len(shop.sink.messages) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_a_temporary_refusal_at_any_command_is_tried_again(shop: Shop, command: Any):
    shop.sink.plan(command, "451 4.3.0 try again later")
    delivery = shop.sends(shop.writes_back())
    assert (delivery.state, events_of(delivery)) == (State.DEFERRED, ["deferred"])
    assert "451 4.3.0" in delivery.last_answer
    delivery = shop.later(delivery)
    assert (delivery.state, delivery.attempts, len(shop.sink.messages)) == (State.SENT, 2, 1)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_final_refusal_at_any_command_is_never_tried_again(shop: Shop, command: Any):
    shop.sink.plan(command, "554 5.7.1 never")
    delivery = shop.sends(shop.writes_back())
    assert (delivery.state, delivery.attempts) == (State.FAILED, 1)
    assert "could not be delivered" in attention(delivery.message)
    assert shop.later(delivery).attempts == 1
    assert shop.sink.messages == []


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("act", [CLOSE, HANG])
def test_a_line_that_breaks_before_the_message_was_handed_over_is_tried_again(shop: Shop, command: Any, act: str):
    shop.sink.plan(command, act)
    shop.waits(seconds=0.7)
    delivery = shop.sends(shop.writes_back())
    assert delivery.state == State.DEFERRED
    shop.waits(seconds=20)
    assert shop.later(delivery).state == State.SENT
    assert len(shop.sink.messages) == 1


@pytest.mark.parametrize("act", [CLOSE, HANG])
def test_without_an_answer_to_the_message_a_person_must_decide(shop: Shop, act: str):
    shop.sink.plan("BODY", act, keep=True)
    shop.waits(seconds=1.5)
    delivery = shop.sends(shop.writes_back())
    assert (delivery.state, events_of(delivery)) == (State.POSSIBLY_SENT, ["possibly_sent"])
    assert "a person must decide" in attention(delivery.message)
    assert shop.later(delivery).attempts == 1
    assert len(shop.sink.messages) == 1


def test_what_left_but_could_not_be_noted_is_in_doubt_and_never_sent_again_by_itself(shop: Shop, monkeypatch):
    def is_gone(*_given: object, **_named: object) -> None:
        raise OperationalError

    delivery = shop.writes_back()
    with monkeypatch.context() as broken:
        broken.setattr(sending, "_settle", is_gone)
        with pytest.raises(OperationalError):
            sending.send_due()
    assert shop.later(delivery).state == State.SENDING
    Delivery.objects.update(claimed_until=clock.now() - timedelta(seconds=1))
    assert retrying.recover_interrupted() == 1
    doubtful = shop.later(delivery)
    assert (doubtful.state, events_of(delivery), len(shop.sink.messages)) == (State.POSSIBLY_SENT, ["possibly_sent"], 1)
    assert "a person must decide" in attention(delivery.message)
    retrying.retry(doubtful, by=shop.cast.ana)
    assert shop.sends(delivery).state == State.SENT
    assert message_ids(shop) == [f"<{delivery.external_id}>"] * 2


def test_every_try_carries_the_same_message_id(shop: Shop):
    shop.sink.plan("BODY", "451 4.3.0 later", keep=True, times=2)
    delivery = shop.sends(shop.writes_back())
    shop.later(shop.later(delivery))
    assert message_ids(shop) == [f"<{delivery.external_id}>"] * 3


def test_only_those_who_were_told_to_wait_are_tried_again(shop: Shop):
    shop.sink.plan("RCPT", "450 4.2.1 greylisted", about=DAN.email)
    shop.sink.plan("RCPT", "550 5.1.1 no such user", about=ELSA.email)
    delivery = shop.sends(shop.writes_back(to=[CARLA], cc=[DAN, ELSA]))
    states = {email: outcome["state"] for email, outcome in delivery.outcomes.items()}
    assert states == {CARLA.email: "sent", DAN.email: "deferred", ELSA.email: "failed"}
    delivery = shop.later(delivery)
    assert [one.recipients for one in shop.sink.messages] == [[CARLA.email], [DAN.email]]
    assert delivery.state == State.FAILED, "one recipient never got it"


def test_one_final_refusal_is_shown_while_others_still_wait(shop: Shop):
    shop.sink.plan("RCPT", "450 4.2.1 greylisted", about=DAN.email)
    shop.sink.plan("RCPT", "550 5.1.1 no such user", about=CARLA.email)
    delivery = shop.sends(shop.writes_back(to=[CARLA], cc=[DAN]))
    assert delivery.state == State.DEFERRED
    assert "could not be delivered" in attention(delivery.message)


def test_a_second_deferral_is_shown_and_success_clears_it(shop: Shop):
    shop.sink.plan("RCPT", "450 4.2.1 greylisted", times=2)
    delivery = shop.sends(shop.writes_back())
    assert attention(delivery.message) == ""
    delivery = shop.later(delivery)
    assert "keeps trying" in attention(delivery.message)
    assert shop.later(delivery).state == State.SENT
    assert attention(delivery.message) == ""


def test_the_tries_are_spread_and_grow():
    now = clock.now()
    for attempts, minutes in enumerate((1, 5, 15, 60, 120, 240, 480, 480), start=1):
        wait = (sending.next_try(attempts, now) - now) / timedelta(minutes=1)
        assert 0.8 * minutes <= wait <= 1.2 * minutes
    assert len({sending.next_try(1, now) for _ in range(20)}) > 1


def test_after_three_days_a_delivery_is_given_up(shop: Shop):
    shop.sink.plan("MAIL", "451 4.3.0 later", times=None)
    delivery = shop.sends(shop.writes_back())
    assert delivery.give_up_at == pytest.approx(clock.now() + timedelta(hours=72), abs=timedelta(minutes=1))
    Delivery.objects.filter(pk=delivery.pk).update(give_up_at=clock.now())
    assert shop.later(delivery).state == State.FAILED


def test_a_clock_that_went_back_holds_nothing_back(shop: Shop):
    queued, deferred = shop.writes_back(), shop.writes_back()
    Delivery.objects.filter(pk=queued.pk).update(next_try_at=clock.now() + timedelta(hours=1))
    Delivery.objects.filter(pk=deferred.pk).update(state=State.DEFERRED, next_try_at=clock.now() + timedelta(hours=7))
    assert sending.send_due() == 1
    assert (fresh(queued).state, fresh(deferred).state) == (State.SENT, State.DEFERRED)


def test_a_dead_server_is_waited_for_once_and_delays_no_other_inbox(shop: Shop):
    shop.cast.drivers_inbox.settings = way_out(free_port())
    shop.cast.drivers_inbox.save()
    stuck = [shop.writes_back(conversation=shop.cast.conversation(inbox=shop.cast.drivers_inbox)) for _ in range(3)]
    delivery = shop.writes_back()
    assert sending.send_due() == 2
    assert fresh(delivery).state == State.SENT
    assert [fresh(one).attempts for one in stuck] == [1, 0, 0]


def test_one_refused_message_delays_no_other_of_its_inbox(shop: Shop):
    shop.sink.plan("MAIL", "451 4.3.0 later")
    first, second = shop.writes_back(), shop.writes_back()
    sending.send_due()
    assert (fresh(first).state, fresh(second).state) == (State.DEFERRED, State.SENT)


def test_an_adapter_that_breaks_leaves_the_delivery_in_doubt(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    def breaks(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(type(adapter_for("email")), "send", breaks)
    assert shop.sends(shop.writes_back()).state == State.POSSIBLY_SENT


def test_a_message_that_cannot_be_put_together_never_left(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rapport.outbox.composing._references", lambda message: 1 / 0)
    assert shop.sends(shop.writes_back()).state == State.DEFERRED


def test_a_full_disk_does_not_make_a_sent_message_look_unsent(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    delivery = shop.writes_back()

    def full(data: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rapport.files.storing.write_blob", full)
    assert shop.sends(delivery).state == State.SENT


def test_a_lost_key_is_told_and_nothing_is_sent(shop: Shop):
    shop.cast.inbox.secrets_encrypted = "e1.gone.AAAA"
    shop.cast.inbox.save()
    delivery = shop.sends(shop.writes_back())
    assert delivery.state == State.FAILED
    assert "gone" in delivery.last_answer


def test_a_private_server_needs_the_operators_word(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, allow_nets=()))
    before = list(shop.sink.ledger)
    delivery = shop.sends(shop.writes_back())
    assert "not allowed" in delivery.last_answer
    assert shop.sink.ledger == before


def test_the_practice_folder_stands_in_for_a_server(shop: Shop):
    shop.cast.inbox.settings = {"transport": "folder", "sent_folder": "Sent"}
    shop.cast.inbox.save()
    delivery = shop.sends(shop.writes_back())
    folder = settings.ENVIRONMENT.home / "practice" / str(shop.cast.inbox.pk)
    assert delivery.state == State.SENT
    assert storing.read(delivery.raw_sha256) in [path.read_bytes() for path in folder.glob("*.eml")]
    assert shop.sink.messages == []


def test_blind_copies_get_it_and_nobody_sees_them(shop: Shop):
    shop.sends(shop.writes_back(to=[CARLA], bcc=[DAN]))
    [received] = shop.sink.messages
    assert received.recipients == [CARLA.email, DAN.email]
    assert DAN.email.encode() not in received.content


def test_a_copy_for_the_sent_folder_is_a_step_of_its_own(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    filed: list[bytes] = []

    def refuse(self: object, raw: bytes, options: dict[str, Any]) -> None:
        filed.append(raw)
        if len(filed) == 1:
            raise SendFailed("The mailbox is full.")

    monkeypatch.setattr(type(adapter_for("email")), "file_sent", refuse)
    shop.cast.inbox.settings |= {"sent_folder": "Sent"}
    shop.cast.inbox.save()
    delivery = shop.sends(shop.writes_back())
    copy = Delivery.objects.get(step=Delivery.Step.SENT_COPY)
    assert (delivery.state, copy.state, attention(delivery.message)) == (State.SENT, State.DEFERRED, "")
    assert shop.later(copy).state == State.SENT
    assert filed == [shop.sink.messages[0].content] * 2
    assert len(shop.sink.messages) == 1
