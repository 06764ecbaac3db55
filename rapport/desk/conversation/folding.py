"""What stands between the messages: a line for each new day, and many small changes as one line that opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils import timezone
from django.utils.translation import ngettext

from rapport.desk.conversation.happenings import ShownEvent
from rapport.desk.conversation.showing import ShownMessage
from rapport.ui import moments

Entry = ShownMessage | ShownEvent
FOLDED_FROM = 3


def laid_out(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with days between them (where there are several) and runs of three and more changes folded."""
    zone = timezone.get_current_timezone()
    days = [entry.at.astimezone(zone).date() for entry in entries]
    shows_days = len(set(days)) > 1
    laid: list[Entry] = []
    run: list[ShownEvent] = []
    before: date | None = None
    for entry, day in zip(entries, days, strict=True):
        is_new_day = shows_days and day != before
        if is_new_day or not isinstance(entry, ShownEvent) or entry.is_loud:
            laid += _folded(run)
            run = []
        if is_new_day:
            before = day
            laid.append(ShownEvent(f"d-{day.isoformat()}", "1", "", moments.day(entry.at), entry.at, is_day=True))
        if isinstance(entry, ShownEvent) and not entry.is_loud:
            run.append(entry)
        else:
            laid.append(entry)
    return [*laid, *_folded(run)]


def _folded(run: list[ShownEvent]) -> list[ShownEvent]:
    if len(run) < FOLDED_FROM:
        return run
    text = ngettext("%(n)d change", "%(n)d changes", len(run)) % {"n": len(run)}
    first = run[0]
    return [replace(first, id=f"f-{first.id}", rev=f"{len(run)}", icon="", text=text, side=0, folded=tuple(run))]
