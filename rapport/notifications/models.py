"""When somebody was last told about a conversation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import Conversation
from rapport.kit import clock
from rapport.people.models import Account


class Notice(models.Model):
    """The last mail to an account about a conversation, of one lane; the next waits until some minutes have passed.

    News and trouble are told apart, so that a customer's message never hides a reply that came back.
    """

    class Lane(models.TextChoices):
        NEWS = "news", _("News")
        TROUBLE = "trouble", _("Trouble")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    lane = models.CharField(max_length=10, choices=Lane.choices, default=Lane.NEWS)
    told_at = models.DateTimeField(default=clock.now)
    last_event_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "conversation", "lane"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.account_id} told of {self.conversation_id}"
