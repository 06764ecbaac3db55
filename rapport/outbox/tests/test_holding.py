"""A restored copy keeps everything to itself until it is released, and is honest about what waited."""

from __future__ import annotations

from datetime import timedelta

from rapport.automation import acknowledging
from rapport.channels import connecting, examining
from rapport.conversations import releasing
from rapport.conversations.models import Message
from rapport.events.models import Event
from rapport.intake import fetching
from rapport.kit import clock
from rapport.notifications import telling
from rapport.outbox import holding, queueing, sending
from rapport.outbox.lanes import Lanes
from rapport.outbox.models import Delivery
from rapport.outbox.queueing import SystemMail
from rapport.outbox.tests.shop import Shop, State, attention, fresh
from rapport.people import installing


def hold(shop: Shop) -> None:
    """As a restore does, at this moment."""
    newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    installing.hold(backup_made_at=clock.now() - timedelta(hours=5), last_message=newest)


def test_nothing_is_sent_while_on_hold_and_nobody_is_woken_for_it(shop: Shop):
    delivery = shop.writes_back()
    hold(shop)
    assert (sending.send_due(), fresh(delivery).state, shop.sink.messages) == (0, State.QUEUED, [])
    assert Lanes().next_due_at() is None


def test_no_mailbox_is_read_while_on_hold(shop: Shop):
    shop.cast.inbox.settings |= {"imap": {"host": "imap.example.org", "folders": ["INBOX"]}}
    shop.cast.inbox.save()
    assert fetching.wanted_parts()
    hold(shop)
    assert not fetching.wanted_parts()


def test_no_customer_is_acknowledged_and_no_colleague_told_while_on_hold(shop: Shop):
    hold(shop)
    message = shop.cast.writes()
    received = Event.objects.get(kind="message.received", subject_id=message.pk)
    acknowledging.acknowledge(received)
    message.conversation.assignee = shop.cast.ana
    message.conversation.save()
    telling.about_customer_message(received)
    assert not Delivery.objects.exists()
    assert Event.objects.get(kind="acknowledgement.withheld").data == {"because": "restored_copy"}


def test_no_test_mail_is_sent_and_no_token_refreshed_while_on_hold(shop: Shop, monkeypatch):
    hold(shop)
    refreshed: list[object] = []
    monkeypatch.setattr("rapport.channels.connecting.oauth.is_due", lambda given: True)
    monkeypatch.setattr(connecting, "_uses_consent", lambda merged: True)
    monkeypatch.setattr(connecting, "_refresh", refreshed.append)
    connecting.transport_settings(shop.cast.inbox)
    steps = list(examining.examine(shop.cast.inbox, send_test=True))
    assert ([step.ok for step in steps], refreshed, shop.sink.messages) == ([False], [], [])


def test_after_release_a_person_decides_about_what_came_with_the_backup(shop: Shop):
    waiting, invitation = shop.writes_back(), queueing.queue_system_mail(SystemMail("kim@fleur.example", "Hi", "Hi"))
    hold(shop)
    assert holding.release(by=shop.cast.flora) == 2
    sending.send_due()
    assert [fresh(each).state for each in (waiting, invitation)] == [State.POSSIBLY_SENT] * 2
    assert attention(waiting.message)
    assert shop.sink.messages == []


def test_a_held_reply_of_the_backup_that_is_queued_in_the_copy_is_in_doubt_too(shop: Shop):
    conversation = shop.cast.conversation()
    held = shop.cast.holds(conversation)
    hold(shop)
    assert releasing.release(held)
    delivery = queueing.queue_message(held)
    holding.release(by=None)
    assert delivery is not None
    assert fresh(delivery).state == State.POSSIBLY_SENT


def test_what_was_written_in_the_copy_is_sent_after_its_release(shop: Shop):
    hold(shop)
    written = shop.writes_back()
    assert holding.release(by=shop.cast.flora) == 0
    assert shop.sends(written).state == State.SENT


def test_everything_is_sent_when_the_original_never_did(shop: Shop):
    waiting = shop.writes_back()
    Delivery.objects.filter(pk=waiting.pk).update(
        state=State.DEFERRED, next_try_at=clock.now() + timedelta(days=1), give_up_at=clock.now()
    )
    hold(shop)
    assert holding.release(by=shop.cast.flora, send_waiting=True) == 0
    assert shop.sends(waiting).state == State.SENT


def test_a_release_is_remembered_and_only_the_first_counts(shop: Shop):
    hold(shop)
    assert [holding.release(by=shop.cast.flora), holding.release(by=shop.cast.flora)] == [0, None]
    released = Event.objects.get(kind="installation.released")
    assert (released.actor_id, installing.is_held()) == (shop.cast.flora.pk, False)
