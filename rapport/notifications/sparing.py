"""When a mail may be written or a push sent: not in quiet hours, no storm, and no two mails in five minutes about one
conversation. (A second push about one takes the place of the first on the screen.)"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from rapport.events.models import Event
from rapport.kit import clock
from rapport.notifications import ruling, timing
from rapport.notifications.models import Habits, Notice, Notification
from rapport.notifications.topics import Topic
from rapport.people.models import Account

PAUSE = timedelta(minutes=5)
STORM = 10
STORM_WITHIN = timedelta(minutes=10)
LATE = timedelta(hours=1)
Mail = Notification.Mail


def held_until(row: Notification, *, event: Event) -> datetime | None:
    """Until when the mail about this is to wait; None when it may be written now, which is remembered.

    Counts by the events' own times. An event that is told long after it happened waits a moment for others like it, so
    that a queue that wakes up writes one mail.
    """
    with transaction.atomic():
        lane = Notice.Lane.TROUBLE if row.topic == Topic.TROUBLE else Notice.Lane.NEWS
        now = clock.now()
        held = _held(row, event, now=now, told="mailed_at")
        return held if held is not None else _pause(row, event, lane, now=now)


def push_held_until(row: Notification, *, event: Event) -> datetime | None:
    """Until when the push about this is to wait; None when it may be sent now. By the rules of held_until."""
    return _held(row, event, now=clock.now(), told="pushed_at")


def _held(row: Notification, event: Event, *, now: datetime, told: str) -> datetime | None:
    quiet = _quiet(row.account, now)
    if quiet is not None:
        return quiet
    if now - event.at > LATE:
        return now + timedelta(minutes=1)
    return now + STORM_WITHIN if _storms(row, now, told) else None


def _quiet(account: Account, now: datetime) -> datetime | None:
    habits: Habits = ruling.habits_of(account)
    return timing.quiet_until(now, ruling.zone_of(account), ruling.quiet_of(habits))


def _storms(row: Notification, now: datetime, told: str) -> bool:
    """Whether this person was told so often of late, by the way that notes it in `told`, that this would be a storm."""
    # What was sent later than now was sent before the clock went back, and says nothing of the last ten minutes.
    of_late = (now - STORM_WITHIN, now + clock.SLACK)
    late = Notification.objects.filter(account_id=row.account_id, **{f"{told}__range": of_late})
    return len(late.order_by(f"-{told}").values_list("pk")[:STORM]) >= STORM


def _pause(row: Notification, event: Event, lane: Notice.Lane, *, now: datetime) -> datetime | None:
    key = {"account_id": row.account_id, "conversation_id": row.conversation_id, "lane": lane}
    facts = {"told_at": event.at, "last_event_id": event.pk}
    notice, made = Notice.objects.select_for_update().get_or_create(**key, defaults=facts)
    if made:
        return None
    told_at = notice.told_at
    if told_at > now + clock.SLACK:  # before the clock went back: as if it were just now
        told_at = now
    if event.at < told_at + PAUSE:
        return told_at + PAUSE
    if notice.last_event_id < event.pk:
        notice.told_at, notice.last_event_id = event.at, event.pk
        notice.save(update_fields=["told_at", "last_event_id"])
    return None


def remember(rows: list[Notification]) -> None:
    """A mail about all of these has just been written."""
    for row in rows:
        lane = Notice.Lane.TROUBLE if row.topic == Topic.TROUBLE else Notice.Lane.NEWS
        Notice.objects.update_or_create(
            account_id=row.account_id,
            conversation_id=row.conversation_id,
            lane=lane,
            defaults={"told_at": clock.now(), "last_event_id": row.event_id},
        )
