"""The company that runs this installation."""

from __future__ import annotations

from django.db import models


class Installation(models.Model):
    """One row: the company's own words and switches, and the hash of the code that opens the first run.

    `open_to_all` lets every agent see every conversation, whatever the teams. `held_since` is set on a restored copy
    until it is released: since then nothing is sent and no mailbox is read, because the original may still do both.
    `held_from_message`: messages up to this id came with the backup. `phone_region`: the country (ISO 3166, two letters)
    whose phone numbers may be written without their country's code.
    `undo_seconds`: how long replies wait before they leave, None as the operator's environment says. `shape` is another random word
    after each change of custom fields, own statuses and checklists, so that who remembers them knows when to read them
    anew. `language`: what the company speaks, empty as the product does (see speaking.py). `time_spent`: whether people
    note how long they worked on a conversation. `push_words`: whether pushes say who wrote about what; without, they say
    that there is something new.

    `setup` is what the first-run wizard knows while it is under way, null before and after. `hidden` names what this
    company does not want to see. `practice_since` is set while there is a practice inbox. `accent` is a colour like
    #2a4d9e or empty, `logo_sha256` a picture under files/ or empty.
    """

    company_name = models.CharField(max_length=120, blank=True)
    open_to_all = models.BooleanField(default=False)
    undo_seconds = models.PositiveSmallIntegerField(null=True)
    first_run_sha256 = models.CharField(max_length=64, blank=True)
    held_since = models.DateTimeField(null=True)
    held_from_message = models.BigIntegerField(default=0)
    phone_region = models.CharField(max_length=2, blank=True)
    shape = models.CharField(max_length=24, blank=True, default="")
    language = models.CharField(max_length=12, blank=True, default="", db_default="")
    time_spent = models.BooleanField(default=False)
    push_words = models.BooleanField(default=True, db_default=True)
    setup = models.JSONField(null=True)
    hidden = models.JSONField(default=list)
    practice_since = models.DateTimeField(null=True)
    accent = models.CharField(max_length=7, blank=True, default="")
    logo_sha256 = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return self.company_name or "Rapport"
