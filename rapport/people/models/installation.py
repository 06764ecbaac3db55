"""The company that runs this installation."""

from __future__ import annotations

from django.db import models


class Installation(models.Model):
    """One row: the company's own words and switches, and the hash of the code that opens the first run.

    `open_to_all` lets every agent see every conversation, whatever the teams.
    """

    company_name = models.CharField(max_length=120, blank=True)
    open_to_all = models.BooleanField(default=False)
    first_run_sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.company_name or "Rapport"
