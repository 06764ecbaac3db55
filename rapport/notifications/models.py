"""What people were told, how they want to be told, where they are reached, and when each was last told of something."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import Conversation
from rapport.kit import clock
from rapport.notifications.topics import By, Said, Topic, Why
from rapport.people.models import Account

ENDPOINT_CHARS = 1000


class Notification(models.Model):
    """One person is told of one event. `who` did it, by the name of then; `at` is the event's own time.

    `on_bell`: it stands in the bell until it is read. `mail` says what becomes of the mail about it; one that waits is
    looked at again at `mail_at`. `push` says the same of the push to the person's browsers. Whoever lost the
    conversation since is shown nothing of it: readers ask again.
    """

    class Mail(models.TextChoices):
        NONE = "", _("No mail")
        WAITING = "waiting", _("Held back for a while")
        DIGEST = "digest", _("For the next digest")
        TOLD = "told", _("Mailed")
        DROPPED = "dropped", _("Not mailed: it was read before")

    class Push(models.TextChoices):
        NONE = "", _("No push")
        WAITING = "waiting", _("Held back for a while")
        TOLD = "told", _("Pushed")
        DROPPED = "dropped", _("Not pushed: it was read before")

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
    push = models.CharField(max_length=8, choices=Push.choices, blank=True, default=Push.NONE, db_default="")
    push_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)

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
            models.Index(fields=["push_at"], name="notification_push", condition=models.Q(push_at__isnull=False)),
            models.Index(
                fields=["account", "pushed_at"],
                name="notification_pushed",
                condition=models.Q(pushed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} told of {self.said} in {self.conversation_id}"


class Rule(models.Model):
    """How somebody wants to be told of a topic; only what differs from the defaults has a row."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=12, choices=Topic.choices)
    bell = models.BooleanField()
    mail = models.CharField(max_length=8, choices=By.choices)
    push = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "topic"], name="notification_rule_once")]

    def __str__(self) -> str:
        return f"{self.account_id} on {self.topic}"


class Habits(models.Model):
    """Somebody's hours, in their own time zone: from when to when no mail or push is sent, and at which hour the digest is."""

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


class PushKey(models.Model):
    """The one pair of keys by which push services know this installation; the private half lies under the key ring."""

    public = models.CharField(max_length=100)
    private_encrypted = models.TextField()

    def __str__(self) -> str:
        return self.public


class Device(models.Model):
    """A browser in which somebody wants to be told. It lives as long as the session in which they said so.

    `failing_since` and `failures` count tries in a row that did not arrive; until `rest_until` there is none. When the
    push service says that it is no more, or has not taken anything for a week, it is ended: nothing is left of it but
    when and why (`ended`), for its owner to see.
    """

    class Ended(models.TextChoices):
        GONE = "gone", _("The browser has turned it off.")
        UNREACHABLE = "unreachable", _("Nothing has arrived there for a week.")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey("usersessions.UserSession", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    endpoint = models.CharField(max_length=ENDPOINT_CHARS, blank=True)
    p256dh = models.CharField(max_length=100, blank=True)
    auth = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    last_success_at = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)
    last_failure = models.CharField(max_length=200, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rest_until = models.DateTimeField(null=True)
    ended = models.CharField(max_length=12, choices=Ended.choices, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], name="device_endpoint_once", condition=models.Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.account_id}"


class Push(models.Model):
    """Something to be told at a device: by these notifications, whose words are found when it leaves, or as a trial.

    Claimed by conditional UPDATE until `claimed_until`; each claim counts as an attempt before anything leaves, so a
    worker that dies again and again repeats it a few times at most. The row goes when it has arrived or is given up.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="pushes")
    notifications = models.JSONField(default=list)
    is_trial = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["next_try_at", "id"], name="push_due")]

    def __str__(self) -> str:
        return f"{self.notifications} to {self.device_id}"
