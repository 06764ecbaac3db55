"""Releasing a restored copy, honestly: what waited in the backup may have been sent by the original since."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from rapport.events import auditing, waking
from rapport.kit import clock
from rapport.outbox import retrying, wording
from rapport.outbox.models import Delivery
from rapport.outbox.queueing import GIVE_UP_AFTER
from rapport.people.models import Account, Installation

State = Delivery.State
_WAITING = Q(state__in=[State.QUEUED, State.DEFERRED])


@transaction.atomic
def release(*, by: Account | None, send_waiting: bool = False) -> int | None:
    """Let a restored copy send and fetch; None when it was not on hold.

    Replies that were written before the restore and had not left become possibly sent, for a person to decide, since
    the original installation may have sent them after the backup; returns how many. `send_waiting` sends them.
    """
    installation = Installation.objects.select_for_update().filter(held_since__isnull=False).first()
    if installation is None:
        return None
    doubtful = 0 if send_waiting else _leave_to_a_person(installation)
    now = clock.now()
    # The time on hold does not count as time of trying.
    Delivery.objects.filter(_WAITING).update(next_try_at=now, give_up_at=now + GIVE_UP_AFTER)
    installation.held_since = None
    installation.save(update_fields=["held_since"])
    after = {"possibly_sent": doubtful, "sent_waiting": send_waiting}
    auditing.changed("installation.released", installation, by=by, after=after)
    transaction.on_commit(waking.wake)
    return doubtful


def _leave_to_a_person(installation: Installation) -> int:
    """Turn what came with the backup into possibly sent, whenever it was queued; how many."""
    own = Q(message_id__lte=installation.held_from_message)
    system = Q(message_id__isnull=True, created_at__lt=installation.held_since)
    old = list(Delivery.objects.filter(_WAITING, own | system))
    for delivery in old:
        delivery.last_answer = wording.WAITED_IN_BACKUP
        retrying.doubt(delivery)
    return len(old)
