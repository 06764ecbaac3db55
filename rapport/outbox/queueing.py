"""Putting something into the outbox. Nothing leaves here; `sending` does that, outside any transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from rapport.channels.models import Inbox
from rapport.channels.registry import adapter_for
from rapport.conversations.models import Message
from rapport.events import waking
from rapport.kit import clock
from rapport.kit.secrets import random_token
from rapport.outbox.models import Delivery
from rapport.rows import making, reading, writing

GIVE_UP_AFTER = timedelta(hours=72)

_deliveries = reading.Kept(lambda: Delivery.objects.filter(message_id=0).filter(step=""))


@dataclass(frozen=True, slots=True)
class SystemMail:
    """A mail of the product itself to one person: invitation, reset, notification.

    `external_id` and `reply_to` lead an answer back (a recipient-bound reference); without them it gets a plain id.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    purpose: str = "system"
    external_id: str = ""
    reply_to: str = ""


def queue_message(message: Message, *, is_new: bool = False) -> Delivery | None:
    """Queue a released reply or an automatic message of a conversation; the same message never twice.

    It leaves by the inbox its author chose, else by the conversation's. None when that is gone, or without recipient.
    `is_new`: the message was stored in this very transaction, so that nobody can have queued it.
    """
    conversation = message.conversation
    recipients = [entry["email"] for entry in (*message.to, *message.cc, *message.bcc)]
    inbox = message.inbox or conversation.inbox
    if inbox is None or not recipients:
        return None
    with transaction.atomic(savepoint=False):
        queued = None if is_new else _deliveries.first(message.pk, Delivery.Step.SEND.value)
        if queued is not None:
            return queued
        delivery = making.new(
            Delivery,
            message_id=message.pk,
            step=Delivery.Step.SEND,
            inbox_id=inbox.pk,
            conversation_id=conversation.pk,
            purpose=message.kind,
            external_id=message.external_id,
            recipients=list(dict.fromkeys(recipients)),
            give_up_at=clock.now() + GIVE_UP_AFTER,
        )
        delivery.message, delivery.inbox = message, inbox
        writing.insert(delivery)
        waking.wake_after_commit()
    return delivery


def queue_system_mail(mail: SystemMail) -> Delivery:
    """Queue a mail of the product itself. It goes by the operator's server if one is set, else by the first inbox."""
    inbox = sending_inbox()
    domain = inbox.address.rpartition("@")[2] if inbox else settings.ALLOWED_HOSTS[0]
    with transaction.atomic():
        delivery = Delivery.objects.create(
            inbox=inbox,
            purpose=mail.purpose[:20],
            external_id=mail.external_id or f"rapport.system.{random_token()}@{domain}",
            recipients=[mail.to],
            payload=asdict(mail),
            give_up_at=clock.now() + GIVE_UP_AFTER,
        )
        transaction.on_commit(waking.wake)
    return delivery


def queue_sent_copy(delivery: Delivery, *, raw_sha256: str) -> Delivery | None:
    """Queue the copy to the mailbox's Sent folder as a step of its own, so that its failure never sends twice."""
    if delivery.inbox is None or not delivery.inbox.settings.get("sent_folder") or delivery.message is None:
        return None
    copy, _ = Delivery.objects.get_or_create(
        message=delivery.message,
        step=Delivery.Step.SENT_COPY,
        defaults={
            "inbox": delivery.inbox,
            "conversation_id": delivery.conversation_id,
            "purpose": "sent_copy",
            "external_id": delivery.external_id,
            "raw_sha256": raw_sha256,
            "give_up_at": clock.now() + GIVE_UP_AFTER,
        },
    )
    return copy


def sending_inbox() -> Inbox | None:
    """The inbox that the product's own mails go by: the oldest active one whose kind sends mail, a practice one last."""
    inboxes = [
        inbox
        for inbox in Inbox.objects.filter(is_active=True).order_by("pk")
        if adapter_for(inbox.kind).capabilities.automatic_replies
    ]
    return min(inboxes, key=lambda inbox: bool(inbox.settings.get("practice")), default=None)
