"""The first-run wizard's memory: which step comes next and what was chosen, so that it goes on wherever it stopped."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from rapport.events import auditing
from rapport.people import installing
from rapport.people.models import Account

STEPS = ("business", "inbox", "hours", "people", "ready")


def progress() -> dict[str, Any] | None:
    """What is known so far, `next` naming the step that waits; None when no wizard is under way."""
    known: dict[str, Any] | None = installing.current().setup
    return known


@transaction.atomic
def note(*, done: str = "", **known: Any) -> dict[str, Any]:
    """Remember this; `done` names the step just taken, so that the one after it is next unless it was further already."""
    installation = installing.current()
    present: dict[str, Any] = {"next": STEPS[0], **(installation.setup or {}), **known}
    if done:
        following = STEPS[min(STEPS.index(done) + 1, len(STEPS) - 1)]
        present["next"] = max(following, present["next"], key=STEPS.index)
    installation.setup = present
    installation.save(update_fields=["setup"])
    return present


@transaction.atomic
def finish(*, by: Account) -> None:
    """The wizard is over; its addresses lead nowhere from now on."""
    installation = installing.current()
    if installation.setup is None:
        return
    installation.setup = None
    installation.save(update_fields=["setup"])
    auditing.changed("installation.ready", installation, by=by)
