"""The company's week."""

from __future__ import annotations

from django.db import models


class OpeningHours(models.Model):
    """One row. `days`: seven lists of [from, until] in minutes since midnight, Monday first; `time_zone` an IANA name."""

    time_zone = models.CharField(max_length=64)
    days = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.time_zone
