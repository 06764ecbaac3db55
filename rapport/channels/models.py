"""Inboxes and how far each of them has been read."""

from __future__ import annotations

from django.db import models

from rapport.kit import clock
from rapport.people.models import Team


class Inbox(models.Model):
    """One connected address or account. `settings` is the adapter's own, without secrets; those stand encrypted.

    `authserv_id` names the inbox's own mail server in Authentication-Results; empty means no sender of this inbox is
    ever authenticated by header.
    """

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, default="email")
    address = models.CharField(max_length=254)
    display_name = models.CharField(max_length=120, blank=True)
    aliases = models.JSONField(default=list, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="inboxes")
    settings = models.JSONField(default=dict, blank=True)
    secrets_encrypted = models.TextField(blank=True)
    authserv_id = models.CharField(max_length=253, blank=True)
    acknowledge = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "address"], name="inbox_address_once")]

    def __str__(self) -> str:
        return self.name


class Cursor(models.Model):
    """How far one part (a folder) of an inbox has been read, who reads it now, and how that goes.

    `position` is the adapter's own (for IMAP: uidvalidity, last_uid). A reader holds the row while `leased_until` lies
    ahead. `server_count` and `stored_count` count from the chosen start of history.
    """

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="cursors")
    part = models.CharField(max_length=255, default="INBOX")
    position = models.JSONField(default=dict)
    leased_by = models.CharField(max_length=80, blank=True)
    leased_until = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    server_count = models.PositiveIntegerField(null=True)
    stored_count = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "part"], name="cursor_part_once")]

    def __str__(self) -> str:
        return f"{self.inbox_id}:{self.part}"
