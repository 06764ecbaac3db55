"""Messages, the references they are found by, and drafts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.channels.models import Inbox
from rapport.conversations.models.conversation import Conversation
from rapport.kit import clock
from rapport.people.models import Account, Customer


class Message(models.Model):
    """One message or note. `at` is when it reached us or was released; lists and clocks use it.

    `text` and `html` are whole; `reply_text`, `quoted_text`, `signature`, `forwarded` are views for display.
    `external_id` is the mail's Message-ID without <>; `raw_sha256` names the stored original. `to`, `cc` and `bcc` hold
    `{"email": …, "name": …}`. `close_after` is the status the conversation takes when a held reply is released.
    `inbox`: where it is sent from when its author chose another one than the conversation's.
    """

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("From the customer")
        REPLY = "reply", pgettext_lazy("a message", "Reply")
        NOTE = "note", _("Note")
        AUTOMATIC = "automatic", _("Automatic message")
        BOUNCE = "bounce", _("Delivery report")
        AUTO_REPLY = "auto_reply", _("Automatic reply")
        NOTICE = "notice", _("Notice")

    class State(models.TextChoices):
        DONE = "done", _("Done")
        HELD = "held", _("Held until its time")
        RETURNED = "returned", _("Returned to its author")
        CANCELLED = "cancelled", _("Taken back")
        STRANGER = "stranger", _("Held: the sender is not part of this conversation")

    class Sender(models.TextChoices):
        """How sure we are who sent it (a fact of its own, never mixed with the reference)."""

        NONE = "", _("Not from outside")
        CLAIMED = "claimed", _("Sender not proved")
        AUTHENTICATED = "authenticated", _("Sender proved")
        FAILED = "failed", _("Sender check failed")

    class ReferenceCheck(models.TextChoices):
        """Whether the message carried a reference that we signed."""

        NONE = "", _("No reference")
        VALID = "valid", _("Answers our message")
        INVALID = "invalid", _("Forged or broken reference")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DONE)
    author = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+")
    sender_name = models.CharField(max_length=160, blank=True)
    sender_email = models.CharField(max_length=254, blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    reply_text = models.TextField(blank=True)
    quoted_text = models.TextField(blank=True)
    signature = models.TextField(blank=True)
    forwarded = models.TextField(blank=True)
    external_id = models.CharField(max_length=500, blank=True)
    in_reply_to_message = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    raw_sha256 = models.CharField(max_length=64, blank=True)
    sender_check = models.CharField(max_length=14, choices=Sender.choices, blank=True)
    reference_check = models.CharField(max_length=8, choices=ReferenceCheck.choices, blank=True)
    problems = models.JSONField(default=list)
    attachment_count = models.PositiveIntegerField(default=0)
    also_received_at = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    release_at = models.DateTimeField(null=True)
    seen_message_id = models.BigIntegerField(default=0)
    close_after = models.CharField(max_length=10, blank=True)
    snooze_until = models.DateTimeField(null=True)
    historic = models.BooleanField(default=False)
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "at", "id"], name="message_timeline"),
            models.Index(fields=["release_at"], name="message_held", condition=models.Q(state="held")),
            models.Index(
                fields=["author", "-at", "-id"], name="message_author", condition=models.Q(author__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} in #{self.conversation_id}"


class Reference(models.Model):
    """An outside Message-ID (hashed) that leads to one of our messages; several messages may share one."""

    key = models.CharField(max_length=40, db_index=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="references")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return self.key


class Draft(models.Model):
    """Words not yet sent. `returned_because` says why a held reply came back to its author; `refills` how often words
    came in from elsewhere: a reply that came back, a colleague's draft.

    One of kind NEW begins a conversation that does not exist yet, one of kind SIDE a talk beside its conversation; only
    these have a subject. `about_id`: the message that is to be quoted or, with `is_forward`, passed on; of kinds SIDE and
    ASK only, and a plain number, because a draft outlives much.
    """

    class Kind(models.TextChoices):
        REPLY = "reply", pgettext_lazy("a message", "Reply")
        NOTE = "note", _("Note")
        NEW = "new", _("New conversation")
        SIDE = "side", _("New side conversation")
        ASK = "ask", _("Question to a colleague")

    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.REPLY)
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.SET_NULL, related_name="+")
    subject = models.CharField(max_length=500, blank=True)
    html = models.TextField(blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    attachment_ids = models.JSONField(default=list)
    seen_message_id = models.BigIntegerField(default=0)
    returned_because = models.CharField(max_length=300, blank=True)
    refills = models.PositiveSmallIntegerField(default=0, db_default=0)
    about_id = models.BigIntegerField(null=True)
    is_forward = models.BooleanField(null=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "author", "kind"], name="draft_once"),
            models.UniqueConstraint(fields=["author"], name="draft_new_once", condition=models.Q(kind="new")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} draft in #{self.conversation_id}"
