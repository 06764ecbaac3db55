"""The event row. Reactions claim it by `claimed_until`; the timeline, audit and live stream only read it."""

from django.db import models


class Event(models.Model):
    """One fact. `subject_id` is the row that `kind` speaks of: `message.received` -> a message id."""

    kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    conversation_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    historic = models.BooleanField(default=False)
    handled = models.BooleanField(default=False)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="event_open", condition=models.Q(handled=False)),
            models.Index(
                fields=["conversation_id", "id"],
                name="event_conversation",
                condition=models.Q(conversation_id__isnull=False),
            ),
            models.Index(fields=["kind", "at"], name="event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id or ''}".strip()
