"""What a company adds to conversations: fields to fill in, statuses of its own, checklists, time spent."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.conversations.models.conversation import Conversation
from rapport.kit import clock
from rapport.people.models import Account, Team


class CustomField(models.Model):
    """Something to fill in on conversations, of one team or of all.

    `options` of a choice: `[{"name": "Roses", "of": ""}, …]`; `of` names the option of `parent` that it belongs to, where
    the choices depend on another field's. Values stand in `Conversation.fields`; archived fields keep theirs.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", pgettext_lazy("a kind of field", "Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        CHOICES = "choices", _("Several choices")
        YES_NO = "yes_no", _("Yes or no")

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    options = models.JSONField(default=list)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="dependent")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    required = models.BooleanField(default=False)
    help = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class FieldValue(models.Model):
    """A value to find conversations by: the same as in `Conversation.fields`, one row for each of several choices.

    `text` is folded; numbers and days stand in columns of their own too, so that they can be compared.
    """

    conversation = models.ForeignKey(
        Conversation, db_index=False, on_delete=models.CASCADE, related_name="field_values"
    )
    field = models.ForeignKey(CustomField, db_index=False, on_delete=models.CASCADE, related_name="values")
    text = models.CharField(max_length=120)
    number = models.FloatField(null=True)
    day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "field", "text"], name="field_value_once"),
        ]
        indexes = [
            models.Index(fields=["field", "text", "conversation"], name="field_value_text"),
            models.Index(
                fields=["field", "number", "conversation"],
                name="field_value_number",
                condition=models.Q(number__isnull=False),
            ),
            models.Index(
                fields=["field", "day", "conversation"], name="field_value_day", condition=models.Q(day__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.text}"


class OwnStatus(models.Model):
    """A status of the company's own. It is of one of the five kinds, by which lists, counts and clocks go."""

    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Conversation.Status.choices)
    days = models.PositiveIntegerField(null=True)  # how long it sleeps, where the kind is snoozed
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class ForbiddenMove(models.Model):
    """People may not go from one status to another. Both are `open`, … or `own:3`. What is not forbidden is allowed."""

    source = models.CharField(max_length=30)
    target = models.CharField(max_length=30)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target"], name="forbidden_move_once")]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class ChecklistTemplate(models.Model):
    """Steps that are the same each time. `items`: one sentence each."""

    name = models.CharField(max_length=80)
    items = models.JSONField(default=list)
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class TimeEntry(models.Model):
    """Minutes that somebody spent on a conversation."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="time_entries")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    minutes = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.minutes} min"
