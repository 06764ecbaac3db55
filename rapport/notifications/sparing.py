"""When a mail may be written: not twice in five minutes about one conversation, not in quiet hours, and no storm."""

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
_CLOCK_SLACK = timedelta(minutes=1)
Mail = Notification.Mail


def held_until(row: Notification, *, event: Event) -> datetime | None:
    """Until when the mail about this is to wait; None when it may be written now, which is remembered.

    Counts by the events' own times. An event that is told long after it happened waits a moment for others like it, so
    that a queue that wakes up writes one mail.
    """
    with transaction.atomic():
        lane = Notice.Lane.TROUBLE if row.topic == Topic.TROUBLE else Notice.Lane.NEWS
        now = clock.now()
        quiet = _quiet(row.account, now)
        if quiet is not None:
            return quiet
        if now - event.at > LATE:
            return now + timedelta(minutes=1)
        if _storms(row, now):
            return now + STORM_WITHIN
        return _pause(row, event, lane, now=now)


def _quiet(account: Account, now: datetime) -> datetime | None:
    habits: Habits = ruling.habits_of(account)
    return timing.quiet_until(now, ruling.zone_of(account), ruling.quiet_of(habits))


def _storms(row: Notification, now: datetime) -> bool:
    """Whether so many mails went to this person of late that the next would be one of a storm."""
    # What was mailed later than now was mailed before the clock went back, and says nothing of the last ten minutes.
    of_late = (now - STORM_WITHIN, now + _CLOCK_SLACK)
    late = Notification.objects.filter(account_id=row.account_id, mailed_at__range=of_late)
    return len(late.order_by("-mailed_at").values_list("pk")[:STORM]) >= STORM


def _pause(row: Notification, event: Event, lane: Notice.Lane, *, now: datetime) -> datetime | None:
    key = {"account_id": row.account_id, "conversation_id": row.conversation_id, "lane": lane}
    facts = {"told_at": event.at, "last_event_id": event.pk}
    notice, made = Notice.objects.select_for_update().get_or_create(**key, defaults=facts)
    if made:
        return None
    told_at = notice.told_at
    if told_at > now + _CLOCK_SLACK:  # before the clock went back: as if it were just now
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
