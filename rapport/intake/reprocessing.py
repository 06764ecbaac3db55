"""Processing again what is stored raw: after a repair, or by an administrator's wish."""

from __future__ import annotations

from django.db import transaction

from rapport.events import waking
from rapport.intake.models import RawMessage
from rapport.kit import clock


def reprocess(row: RawMessage) -> None:
    """Put a parked or waiting arrival in line again. What it had become (a notice) stays; nothing is lost.

    An arrival that was processed stays as it is: its fingerprint would refuse the second copy.
    """
    with transaction.atomic():
        again = RawMessage.objects.filter(pk=row.pk, state__in=[RawMessage.State.PARKED, RawMessage.State.ACCEPTED])
        again.update(
            state=RawMessage.State.ACCEPTED, attempts=0, next_try_at=clock.now(), claimed_until=None, last_error=""
        )
        transaction.on_commit(waking.wake)


def reprocess_parked() -> int:
    """Put every parked arrival in line again; how many."""
    rows = list(RawMessage.objects.filter(state=RawMessage.State.PARKED))
    for row in rows:
        reprocess(row)
    return len(rows)
