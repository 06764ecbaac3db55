"""Not more than one mail per conversation, account and lane in five minutes."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from rapport.conversations.models import Conversation
from rapport.events.models import Event
from rapport.notifications.models import Notice
from rapport.people.models import Account

PAUSE = timedelta(minutes=5)


def may_tell(account: Account, conversation: Conversation, *, event: Event, lane: Notice.Lane) -> bool:
    """Whether to tell about this event, and remember that it was told. Counts by the events' own times.

    A repeated reaction tells nothing twice.
    """
    with transaction.atomic():
        key = {"account": account, "conversation": conversation, "lane": lane}
        facts = {"told_at": event.at, "last_event_id": event.pk}
        notice, made = Notice.objects.select_for_update().get_or_create(**key, defaults=facts)
        if made:
            return True
        if notice.last_event_id >= event.pk or event.at < notice.told_at + PAUSE:
            return False
        notice.told_at, notice.last_event_id = event.at, event.pk
        notice.save(update_fields=["told_at", "last_event_id"])
        return True
