"""When somebody was last told about a conversation."""

from __future__ import annotations

from django.db import models

from rapport.conversations.models import Conversation
from rapport.kit import clock
from rapport.people.models import Account


class Notice(models.Model):
    """The last notification mail to an account about a conversation; a new one waits until some minutes have passed."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField(default=clock.now)
    last_event_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "conversation"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.account_id} told of {self.conversation_id}"
