"""What people were told, how they want to be told, and when each was last told about a conversation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import Conversation
from rapport.kit import clock
from rapport.notifications.topics import By, Said, Topic, Why
from rapport.people.models import Account


class Notification(models.Model):
    """One person is told of one event. `who` did it, by the name of then; `at` is the event's own time.

    `on_bell`: it stands in the bell until it is read. `mail` says what becomes of the mail about it; one that waits is
    looked at again at `mail_at`. Whoever lost the conversation since is shown nothing of it: readers ask again.
    """

    class Mail(models.TextChoices):
        NONE = "", _("No mail")
        WAITING = "waiting", _("Held back for a while")
        DIGEST = "digest", _("For the next digest")
        TOLD = "told", _("Mailed")
        DROPPED = "dropped", _("Not mailed: it was read before")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    event_id = models.BigIntegerField()
    message_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    who = models.CharField(max_length=160, blank=True)
    topic = models.CharField(max_length=12, choices=Topic.choices)
    said = models.CharField(max_length=16, choices=Said.choices)
    why = models.CharField(max_length=16, choices=Why.choices)
    at = models.DateTimeField(default=clock.now)
    on_bell = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=8, choices=Mail.choices, blank=True, default=Mail.NONE)
    mail_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "event_id"], name="notification_once")]
        indexes = [
            models.Index(fields=["account", "-id"], name="notification_newest"),
            models.Index(
                fields=["account", "-id"],
                name="notification_unread",
                condition=models.Q(on_bell=True, read_at__isnull=True),
            ),
            models.Index(fields=["mail_at"], name="notification_mail", condition=models.Q(mail_at__isnull=False)),
            models.Index(fields=["account"], name="notification_digest", condition=models.Q(mail="digest")),
            models.Index(fields=["account", "mailed_at"], name="notification_mailed"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} told of {self.said} in {self.conversation_id}"


class Rule(models.Model):
    """How somebody wants to be told of a topic; only what differs from the defaults has a row."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=12, choices=Topic.choices)
    bell = models.BooleanField()
    mail = models.CharField(max_length=8, choices=By.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "topic"], name="notification_rule_once")]

    def __str__(self) -> str:
        return f"{self.account_id} on {self.topic}"


class Habits(models.Model):
    """Somebody's hours, in their own time zone: from when to when no mail is written, and at which hour the digest is."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+", primary_key=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    quiet_weekend = models.BooleanField(default=False)
    digest_hour = models.PositiveSmallIntegerField(default=8)

    def __str__(self) -> str:
        return f"Habits of {self.account_id}"


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
