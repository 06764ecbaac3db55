"""The event row. Reactions claim it by `claimed_until`; the timeline, audit and live stream only read it."""

from django.db import models

AUDITED = models.Q(area__isnull=False)


class Event(models.Model):
    """One fact. `subject_id` is the row that `kind` speaks of: `message.received` -> a message id.

    `area` is set where the fact belongs in the audit log (events.auditing): what kind of setting changed.
    """

    kind = models.CharField(max_length=60)
    area = models.CharField(max_length=30, null=True)  # noqa: DJ001 - a column that old rows get without being written anew
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
            models.Index(fields=["-at", "-id"], name="event_audit", condition=AUDITED),
            models.Index(fields=["area", "-at", "-id"], name="event_audit_area", condition=AUDITED),
            models.Index(fields=["actor_id", "-at", "-id"], name="event_audit_actor", condition=AUDITED),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id or ''}".strip()
