"""One macro's words, written to many conversations in one go."""

from __future__ import annotations

from django.db import models

from rapport.conversations.models.macro import Macro
from rapport.kit import clock
from rapport.people.models import Account


class Batch(models.Model):
    """What became of it. `key` was given out with the preview, so that the same press twice writes once.

    `done`: `[[number of the conversation, id of the message], …]`; `left`: `[[number, batch_planning.Why, detail], …]`.
    `events`: ids of what the macro's steps did, for taking them back. `taken`: how many messages were taken back.
    """

    key = models.CharField(max_length=40, unique=True)
    by = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    macro = models.ForeignKey(Macro, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=80)
    as_note = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)
    release_at = models.DateTimeField(default=clock.now)
    done = models.JSONField(default=list)
    left = models.JSONField(default=list)
    events = models.JSONField(default=list)
    taken = models.PositiveSmallIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} to {len(self.done)}"
