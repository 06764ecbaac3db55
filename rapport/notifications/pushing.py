"""Queueing pushes: one for each browser of a person, at once or when quiet hours and storms are over.

Nothing leaves here; `carrying` does that, outside any transaction, and asks again what may be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from rapport.events import waking
from rapport.kit import clock
from rapport.notifications import ruling, standing, timing
from rapport.notifications.models import Device, Notification, Push
from rapport.people import installing
from rapport.people.models import Account
from rapport.rows.asking import Question

MOST_AT_ONCE = 100
MOST_PEOPLE = 200
State = Notification.Push


def with_device(account_ids: Iterable[int]) -> set[int]:
    """Which of these accounts have a browser that takes pushes. One statement."""
    return {pk for (pk,) in _with_device.ask(sorted(account_ids))}


def queue(account_id: int, notification_ids: Sequence[int]) -> None:
    """Tell each browser of the account of these. Call it in a transaction.

    What waits for a browser that cannot be reached now is one push, however much comes: never a heap that bursts.
    """
    for device in Device.objects.filter(account_id=account_id, ended_at__isnull=True).order_by("pk"):
        waiting = Push.objects.select_for_update().filter(_is_waiting(), device=device).order_by("pk").first()
        if waiting is not None:
            waiting.notifications = [*waiting.notifications, *notification_ids][-MOST_AT_ONCE:]
            waiting.save(update_fields=["notifications"])
            continue
        at = max(clock.now(), device.rest_until or clock.now())
        ids = list(notification_ids)[-MOST_AT_ONCE:]
        Push.objects.create(device=device, notifications=ids, next_try_at=at)
    waking.wake_after_commit()


def send_held() -> int:
    """Queue one push to each person whose held news is due; how many. Whoever has quiet hours again waits on.

    News that lies ahead was held before the clock went back, and waits for that hour no second time.
    """
    if installing.is_held():
        return 0
    now = clock.now()
    is_due = Q(push_at__lte=now) | Q(at__gt=now + clock.SLACK)
    due = Notification.objects.filter(is_due, push=State.WAITING, push_at__isnull=False)
    people = due.order_by("account_id").values_list("account_id", flat=True).distinct()
    return sum(_send_held(pk, now) for pk in people[:MOST_PEOPLE])


def _send_held(account_id: int, now: datetime) -> int:
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).get(pk=account_id)
        mine = Notification.objects.filter(account=account, push=State.WAITING)
        quiet = timing.quiet_until(now, ruling.zone_of(account), ruling.quiet_of(ruling.habits_of(account)))
        if quiet is not None:
            mine.update(push_at=quiet)
            return 0
        waiting = list(mine.order_by("pk")[:MOST_AT_ONCE])
        mine.filter(pk__in=[row.pk for row in waiting]).update(push=State.DROPPED, push_at=None)
        wanted = [row.pk for row in standing.still_news(account, waiting)]
        if not wanted:
            return 0
        Notification.objects.filter(pk__in=wanted).update(push=State.TOLD, pushed_at=now)
        queue(account.pk, wanted)
        return 1


def _is_waiting() -> Q:
    """In nobody's hand and not to be tried this moment."""
    return Q(is_trial=False, claimed_until__isnull=True) & (Q(attempts__gt=0) | Q(next_try_at__gt=clock.now()))


_with_device = Question(
    lambda account_ids: (
        Device.objects.filter(account_id__in=account_ids, ended_at__isnull=True).values_list("account_id").distinct()
    )
)
