"""Trying again what a person asks for, and what a dead worker left behind."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes

import pytest
from django.db import connection

from rapport.conversations.tests.cast import CARLA, DAN
from rapport.kit import clock
from rapport.outbox import listing, retrying, sending
from rapport.outbox.models import Delivery
from rapport.outbox.tests.shop import Shop, State, attention, fresh
from tests.servers.smtp_sink import CLOSE


def test_a_person_repeats_a_doubtful_delivery_under_the_same_message_id(shop: Shop):
    shop.sink.plan("BODY", CLOSE, keep=True)
    delivery = shop.sends(shop.writes_back())
    assert retrying.retry(delivery, by=shop.cast.ana)
    assert shop.sends(delivery).state == State.SENT
    ids = {message_from_bytes(one.content)["Message-ID"] for one in shop.sink.messages}
    assert (len(shop.sink.messages), len(ids)) == (2, 1)
    assert attention(delivery.message) == ""


def test_a_retry_goes_to_those_only_who_have_not_had_it(shop: Shop):
    shop.sink.plan("RCPT", "550 5.1.1 no such user", about=DAN.email)
    delivery = shop.sends(shop.writes_back(to=[CARLA], cc=[DAN]))
    retrying.retry(delivery, by=shop.cast.ana)
    assert shop.sends(delivery).state == State.SENT
    assert [one.recipients for one in shop.sink.messages] == [[CARLA.email], [DAN.email]]


def test_a_sent_delivery_cannot_be_repeated(shop: Shop):
    delivery = shop.sends(shop.writes_back())
    assert not retrying.retry(delivery, by=shop.cast.ana)
    assert sending.send_due() == 0


def test_all_failed_are_repeated_and_doubtful_ones_are_left_to_a_person(shop: Shop):
    shop.sink.plan("MAIL", "554 5.7.1 never")
    failed = shop.sends(shop.writes_back())
    shop.sink.plan("BODY", CLOSE)
    doubtful = shop.sends(shop.writes_back())
    assert retrying.retry_all(by=shop.cast.ana) == 1
    sending.send_due()
    assert (fresh(failed).state, fresh(doubtful).state) == (State.SENT, State.POSSIBLY_SENT)


def test_what_a_dead_worker_was_sending_is_in_doubt(shop: Shop):
    delivery = shop.writes_back()
    Delivery.objects.filter(pk=delivery.pk).update(
        state=State.SENDING, claimed_until=clock.now() - timedelta(seconds=1)
    )
    assert sending.send_due() == 0
    assert retrying.recover_interrupted() == 1
    assert fresh(delivery).state == State.POSSIBLY_SENT
    assert "a person must decide" in attention(delivery.message)
    assert retrying.recover_interrupted() == 0


def test_what_is_being_sent_now_is_left_alone(shop: Shop):
    delivery = shop.writes_back()
    Delivery.objects.filter(pk=delivery.pk).update(
        state=State.SENDING, claimed_until=clock.now() + timedelta(minutes=1)
    )
    assert retrying.recover_interrupted() == 0
    assert sending.send_due() == 0


def test_a_worker_killed_while_sending_leaves_one_in_doubt_and_the_rest_queued(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    deliveries = [shop.writes_back() for _ in range(3)]
    monkeypatch.setattr("rapport.outbox.sending._hand_over", die)
    with pytest.raises(Killed):
        sending.send_due()
    assert [fresh(one).state for one in deliveries] == [State.SENDING, State.QUEUED, State.QUEUED]


def test_the_status_page_reads_what_waits_and_what_is_troubled(shop: Shop):
    shop.sink.plan("MAIL", "554 5.7.1 never")
    failed = shop.sends(shop.writes_back())
    waiting = shop.writes_back()
    assert {one.state: one.count for one in listing.queue_states()} == {"failed": 1, "queued": 1}
    assert listing.troubled() == [failed]
    assert waiting.message_id is not None
    assert listing.of_messages([waiting.message_id]) == {waiting.message_id: waiting}


def test_looking_for_work_never_reads_what_was_sent_long_ago(shop: Shop):
    due = Delivery.objects.filter(state__in=[State.QUEUED, State.DEFERRED], next_try_at__lte=clock.now())
    lost = Delivery.objects.filter(state=State.SENDING, claimed_until__lt=clock.now())
    for queryset in (due.order_by("next_try_at", "pk"), lost):
        plan = queryset.explain()
        assert "delivery_" in plan if connection.vendor == "sqlite" else plan


def test_what_is_finished_waits_for_nothing(shop: Shop):
    sent = shop.sends(shop.writes_back())
    assert (sent.next_try_at, sent.claimed_until) == (None, None)
