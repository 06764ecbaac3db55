"""Alarms from their opening to their end, what was told about them by mail, and counted events."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rapport.channels.models import Inbox
from rapport.kit import clock
from rapport.watching import kinds
from rapport.watching.kinds import Kind, Level

NO_WAY = noop("There is no inbox to send by, and RAPPORT_SYSTEM_MAIL_URL is not set.")


class Alarm(models.Model):
    """One trouble that was seen. `opened_at` stays empty until it has lasted; `ended_at` is set when it is over.

    `subject` names the thing within its kind (a folder, a loop), empty where there is but one; `inbox` is set where it
    concerns one. `facts` fill the words of the kind, so that everybody reads them in their own language.
    """

    kind = models.CharField(max_length=24, choices=Kind.choices)
    subject = models.CharField(max_length=300, blank=True)
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.CASCADE, related_name="+")
    facts = models.JSONField(default=dict)
    since = models.DateTimeField()
    first_seen_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    end_told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "subject"], name="alarm_unended", condition=models.Q(ended_at__isnull=True)),
            models.Index(fields=["ended_at"], name="alarm_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()

    @property
    def sentence(self) -> str:
        """What is wrong, in the reader's language."""
        return kinds.sentence(self.kind, self.facts)

    @property
    def cure(self) -> str:
        """What helps, in the reader's language."""
        return kinds.cure(self.kind, self.facts)

    @property
    def level(self) -> Level:
        """How grave it is."""
        return kinds.about(self.kind).level


class Telling(models.Model):
    """One try to tell people by mail. `way` names the path taken; `error` is empty when it was handed over, else what the
    path said, or NO_WAY."""

    at = models.DateTimeField(default=clock.now)
    way = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="telling_at")]

    def __str__(self) -> str:
        return f"{self.way} {self.at}"

    @property
    def sentence(self) -> str:
        """Why it was not handed over: ours in the reader's language, a server's as it said it."""
        return _(self.error) if self.error == NO_WAY else self.error


class EventCount(models.Model):
    """How many events of a kind there were; the row without a kind holds the id they are counted to. See counting."""

    kind = models.CharField(max_length=60, unique=True)
    number = models.BigIntegerField(default=0)
    up_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind}: {self.number}"
