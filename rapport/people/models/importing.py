"""Imports of customers and orders from a file: how far they are, and what could not be taken."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.kit import clock
from rapport.people.models.account import Account


class ImportRun(models.Model):
    """One file on its way in. `position` rows of it are dealt with, whatever became of them; a killed worker goes on there.

    `mapping` has a target of people.import_targets (or "") for each column. `dry`: everything is tried, nothing is kept.
    `sha256` names the stored file.
    """

    class Kind(models.TextChoices):
        """What its rows are."""

        CUSTOMERS = "customers", _("Customers")
        ORDERS = "orders", _("Orders")

    class State(models.TextChoices):
        """Where it is."""

        DRAFT = "draft", _("Not started")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=list)
    region = models.CharField(max_length=2, blank=True)
    dry = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.filename


class ImportProblem(models.Model):
    """One row that was not taken, and why. `cells` as they stood in the file."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField()
    sentence = models.CharField(max_length=300)
    cells = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["run", "line"], name="import_problem_line")]

    def __str__(self) -> str:
        return f"{self.line}: {self.sentence}"
