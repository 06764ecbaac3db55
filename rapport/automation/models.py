"""What the installation sent by itself, kept so that budgets hold over restarts and processes."""

from __future__ import annotations

from django.db import models

from rapport.kit import clock


class AutomaticMail(models.Model):
    """One automatic message to one outside address about one conversation."""

    peer = models.CharField(max_length=254)
    conversation_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["peer", "at"], name="automatic_mail_peer"),
            models.Index(fields=["conversation_id", "at"], name="automatic_mail_thread"),
            models.Index(fields=["at"], name="automatic_mail_at"),
        ]

    def __str__(self) -> str:
        return f"{self.peer} {self.at:%Y-%m-%d %H:%M}"
