"""The florist's way out for the tests of the outbox: an SMTP sink, and replies on their way to it."""

from __future__ import annotations

import dataclasses
import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import Cast
from rapport.kit import clock
from rapport.outbox import queueing, sending
from rapport.outbox.models import Delivery
from tests.servers.smtp_sink import SmtpSink

State = Delivery.State


@dataclass
class Shop:
    """The cast with a server to send by."""

    cast: Cast
    sink: SmtpSink

    def writes_back(self, **options: Any) -> Delivery:
        """Ana's reply to Carla, released and queued."""
        conversation = options.pop("conversation", None) or self.cast.conversation()
        delivery = queueing.queue_message(self.cast.replies(conversation, **options))
        assert delivery is not None
        return delivery

    def sends(self, delivery: Delivery) -> Delivery:
        """Send what is due; the delivery as it stands then."""
        sending.send_due()
        return fresh(delivery)

    def waits(self, *, seconds: float) -> None:
        """How long its server is waited for from now on."""
        self.cast.inbox.settings = way_out(self.sink.port, seconds=seconds)
        self.cast.inbox.save()

    def later(self, delivery: Delivery) -> Delivery:
        """The time of the next try has come, and it is tried."""
        Delivery.objects.filter(pk=delivery.pk).update(next_try_at=clock.now() - timedelta(seconds=1))
        return self.sends(delivery)


@pytest.fixture
def shop(cast: Cast, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The shop's inbox sends by the sink; the operator has opened this machine's own addresses."""
    nets = (ipaddress.ip_network("127.0.0.0/8"),)
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, allow_nets=nets))
    cast.inbox.settings = way_out(smtp_sink.port)
    cast.inbox.save()
    return Shop(cast, smtp_sink)


def way_out(port: int, *, seconds: float = 20.0, **more: Any) -> dict[str, Any]:
    """Settings of a server at this port. `seconds`: how long it is waited for; few where it is to say nothing."""
    server = {"host": "127.0.0.1", "port": port, "security": "none"}
    return {"transport": "smtp", "smtp": server, "timeout_seconds": seconds, "patience_seconds": seconds} | more


def fresh(delivery: Delivery) -> Delivery:
    """The delivery as it is in the database now."""
    return Delivery.objects.get(pk=delivery.pk)


def attention(message: Message | None) -> str:
    """What the conversation shows its people."""
    assert message is not None
    return Conversation.objects.get(pk=message.conversation_id).attention
