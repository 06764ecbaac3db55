"""Prepared words and acts."""

from __future__ import annotations

from django.db import models

from rapport.kit import clock
from rapport.people.models import Account, Team


class Macro(models.Model):
    """Words with placeholders and acts, applied together. Personal (`owner`), of a team (`team`), or everybody's.

    `acts` holds `[{"act": "tag", "value": "refund"}, …]`; applying.ACTS names them. `archived_at` takes it out of every
    menu; what it did stays in the history of the conversations.
    """

    name = models.CharField(max_length=80)
    html = models.TextField(blank=True)
    acts = models.JSONField(default=list)
    owner = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="macros")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="macros")
    created_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owner__isnull=True) | models.Q(team__isnull=True), name="macro_one_audience"
            )
        ]

    def __str__(self) -> str:
        return self.name
