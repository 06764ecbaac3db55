"""What arrived, as it arrived, and the keys that refuse a second copy."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.channels.models import Inbox
from rapport.kit import clock


class RawMessage(models.Model):
    """Raw bytes and envelope of one arrival, stored before anything else looks at them.

    `source_key` names the arrival at its source (folder:uidvalidity:uid, a file's path); with inbox and source it is
    unique, so a second fetch of the same mail stores nothing. `conversation_id`, `message_id`: where it ended up.
    """

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        PROCESSED = "processed", _("Processed")
        DUPLICATE = "duplicate", _("Received before")
        PARKED = "parked", _("Could not be processed")

    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.SET_NULL, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    source = models.CharField(max_length=20)
    source_key = models.CharField(max_length=400, null=True)  # noqa: DJ001 - NULL keeps keyless arrivals apart
    envelope_from = models.CharField(max_length=254, blank=True)
    envelope_to = models.JSONField(default=list)
    historic = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACCEPTED)
    received_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    claimed_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    conversation_id = models.BigIntegerField(null=True)
    message_id = models.BigIntegerField(null=True)
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox", "source", "source_key"], name="raw_message_source_once"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="raw_message_open", condition=models.Q(state="accepted")),
            models.Index(fields=["message_id"], name="raw_message_message"),
            models.Index(fields=["id"], name="raw_message_parked", condition=models.Q(state="parked")),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.sha256[:12]}"

    @property
    def channel(self) -> str:
        """The channel kind; that of mail for an arrival whose inbox was deleted meanwhile."""
        return self.inbox.kind if self.inbox else "email"


class Fingerprint(models.Model):
    """The duplicate key of rulings.md, one row for the installation; outlives the conversation it led to."""

    content_key = models.CharField(max_length=64, unique=True)
    conversation_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.content_key[:12]
