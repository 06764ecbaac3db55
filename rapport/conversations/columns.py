"""What a row of a list can show beside who wrote and about what; a view and a person choose among them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, Promise] = {
    "preview": _("First words"),
    "tags": _("Tags"),
    "assignee": _("Assigned to"),
    "team": _("Team"),
    "status": _("Status"),
    "priority": _("Priority"),
    "count": _("Number of messages"),
    "number": _("Conversation number"),
    "stage": _("Journey"),
    "inbox": _("Inbox"),
    "created": _("Created"),
}
USUAL = ("preview", "tags", "assignee", "team", "status", "priority", "count")


def chosen(*choices: Sequence[str] | None) -> tuple[str, ...]:
    """The first choice that names anything, in the usual sequence and without what no column is."""
    for choice in choices:
        found = tuple(key for key in COLUMNS if choice and key in choice)
        if found:
            return found
    return USUAL
