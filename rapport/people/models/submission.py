"""What somebody sent by a form, so that the same press that comes twice is done once."""

from __future__ import annotations

from django.db import models

from rapport.kit import clock
from rapport.people.models.account import Account


class Submission(models.Model):
    """One form that was sent and done. `key` was given out with the form; `digest` names what stood in it.

    `answer` is what the browser was told, as JSON, for when it asks again because the line broke before it heard.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    answer = models.TextField()
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="submission_once")]

    def __str__(self) -> str:
        return self.key
