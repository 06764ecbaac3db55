"""One row for each thing that must leave the building."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.channels.models import Inbox
from rapport.conversations.models import Message
from rapport.kit import clock


class Delivery(models.Model):
    """One step of sending one message, with its honest state.

    A delivery of a conversation's message names the message; a system mail (invitation, notification) carries its own
    content in `payload`. `outcomes` maps each recipient to its last answer. Claimed by conditional UPDATE for the process
    named in `claimed_by`; found in `sending` when that process is gone or the claim ran out, it becomes
    `possibly_sent`, which only a person may repeat. `next_try_at` is set while there is something to try,
    `claimed_until` while somebody does: their indexes hold only those rows.
    """

    class Step(models.TextChoices):
        SEND = "send", _("Send")
        SENT_COPY = "sent_copy", _("Copy to the Sent folder")

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        DEFERRED = "deferred", _("Deferred")
        FAILED = "failed", _("Failed")
        POSSIBLY_SENT = "possibly_sent", _("Possibly sent")
        CANCELLED = "cancelled", _("Cancelled")

    step = models.CharField(max_length=10, choices=Step.choices, default=Step.SEND)
    state = models.CharField(max_length=14, choices=State.choices, default=State.QUEUED)
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="deliveries")
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.PROTECT, related_name="+")
    conversation_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=20, default="reply")
    external_id = models.CharField(max_length=500)
    recipients = models.JSONField(default=list)
    outcomes = models.JSONField(default=dict)
    payload = models.JSONField(default=dict)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    next_try_at = models.DateTimeField(null=True, default=clock.now)
    give_up_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=80, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    last_answer = models.TextField(blank=True)
    raw_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        # Conditions that SQLite can prove too: it does not see that one list of states is part of another.
        indexes = [
            models.Index(
                fields=["next_try_at", "id"], name="delivery_due", condition=models.Q(next_try_at__isnull=False)
            ),
            models.Index(
                fields=["claimed_until"], name="delivery_claimed", condition=models.Q(claimed_until__isnull=False)
            ),
            models.Index(fields=["state", "id"], name="delivery_state"),
            models.Index(fields=["external_id"], name="delivery_external"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.state} {self.pk}"
