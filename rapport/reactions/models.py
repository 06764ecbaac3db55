"""Reactions that must be tried again, and when scheduled work last ran."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.events.models import Event
from rapport.kit import clock


class ReactionRetry(models.Model):
    """One reaction to one event that failed. Dead ones are shown on the status page and can be tried by hand."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Will be tried again")
        DONE = "done", _("Done")
        DEAD = "dead", _("Given up")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="retries")
    reaction = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=1)
    next_try_at = models.DateTimeField(default=clock.now)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "reaction"], name="reaction_retry_once")]
        indexes = [
            models.Index(fields=["next_try_at"], name="reaction_retry_due", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.reaction} for {self.event_id}"


class ScheduledRun(models.Model):
    """One entry of the schedule: who runs it now, when it last succeeded, when it is due."""

    name = models.CharField(max_length=80, unique=True)
    next_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
