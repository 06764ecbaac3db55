"""Cards: what a system of the company's own knows of a customer, asked while somebody looks."""

from __future__ import annotations

from django.db import models

from rapport.kit import clock


class Card(models.Model):
    """An endpoint that answers with a card. `secret` is encrypted (people.carding); `timeout_ms` bounds one question."""

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    secret = models.TextField()
    timeout_ms = models.PositiveIntegerField(default=2000)
    active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name
