"""What is put into the outbox, and by which door."""

from __future__ import annotations

import dataclasses
from email import message_from_bytes

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from rapport.channels.models import Inbox
from rapport.config.values import SystemMail as Server
from rapport.outbox import queueing, sending
from rapport.outbox.models import Delivery
from rapport.outbox.queueing import SystemMail
from rapport.outbox.tests.shop import Shop, State, fresh

INVITATION = SystemMail(to="new@fleur.example", subject="Welcome", text="Come in.")


@pytest.fixture
def by_operator(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    server = Server("127.0.0.1", shop.sink.port, "starttls")
    environment = dataclasses.replace(settings.ENVIRONMENT, system_mail=server, allow_nets=())
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    return shop


def test_the_products_own_mail_goes_by_the_first_inbox_that_sends(shop: Shop):
    delivery = shop.sends(queueing.queue_system_mail(INVITATION))
    assert (delivery.state, delivery.inbox) == (State.SENT, shop.cast.inbox)
    [received] = shop.sink.messages
    mail = message_from_bytes(received.content)
    assert (received.recipients, mail["Auto-Submitted"]) == (["new@fleur.example"], "auto-replied")


def test_the_operators_server_comes_first_and_needs_no_permission(by_operator: Shop):
    assert by_operator.sends(queueing.queue_system_mail(INVITATION)).state == State.SENT
    assert len(by_operator.sink.messages) == 1


def test_the_operators_server_serves_before_any_inbox_exists(by_operator: Shop):
    Inbox.objects.all().delete()
    delivery = by_operator.sends(queueing.queue_system_mail(INVITATION))
    assert (delivery.state, delivery.inbox) == (State.SENT, None)


def test_without_any_way_out_it_waits_and_says_so(shop: Shop):
    Inbox.objects.all().delete()
    delivery = shop.sends(queueing.queue_system_mail(INVITATION))
    assert delivery.state == State.DEFERRED
    assert "RAPPORT_SYSTEM_MAIL_URL" in delivery.last_answer


def test_a_conversation_without_inbox_or_recipient_sends_nothing(shop: Shop):
    message = shop.cast.replies(shop.cast.conversation())
    message.to = []
    assert queueing.queue_message(message) is None
    assert not Delivery.objects.exists()


def test_djangos_own_mails_pass_the_outbox_one_for_each_recipient(shop: Shop):
    mail = EmailMultiAlternatives("Reset", "Plain", to=["a@fleur.example", "b@fleur.example"])
    mail.attach_alternative("<p>Rich</p>", "text/html")
    mail.connection = get_connection("rapport.outbox.backend.OutboxBackend")
    mail.send()
    sending.send_due()
    assert [one.recipients for one in shop.sink.messages] == [["a@fleur.example"], ["b@fleur.example"]]
    assert all(b"<p>Rich</p>" in one.content for one in shop.sink.messages)


def test_line_breaks_in_a_subject_make_no_header(shop: Shop):
    mail = dataclasses.replace(INVITATION, subject="Hi\r\nBcc: all@example.org")
    assert fresh(shop.sends(queueing.queue_system_mail(mail))).state == State.SENT
    assert message_from_bytes(shop.sink.messages[0].content)["Bcc"] is None
