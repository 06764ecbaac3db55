"""Answers that were faster than what they answer."""

from __future__ import annotations

from django.db import models

from rapport.conversations.models.message import Message
from rapport.kit import clock


class Awaited(models.Model):
    """An outside Message-ID (hashed as in Reference) that a message answers and that has not arrived yet.

    `since`: when we began to wait, by our clock.
    """

    key = models.CharField(max_length=40, db_index=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="awaiting")
    since = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return self.key
