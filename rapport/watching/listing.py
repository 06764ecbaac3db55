"""Named reads of alarms."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.watching.kinds import Level
from rapport.watching.models import Alarm, Telling

ON_EVERY_PAGE = Level.DEGRADED


def standing() -> list[Alarm]:
    """Alarms that are open now, the gravest first, then the oldest."""
    return _in_order(_open())


def standing_for(account: Account) -> list[Alarm]:
    """What this account sees of them: everything, or what concerns all and the inboxes of its own teams."""
    if not account.may(Right.STATUS):
        return []
    alarms = _open()
    if not account.may(Right.SEE_ALL):
        alarms = alarms.filter(Q(inbox__isnull=True) | Q(inbox__team_id__in=account.team_ids))
    return _in_order(alarms)


def worth_telling(alarms: list[Alarm]) -> list[Alarm]:
    """Those that stand on every page and are told by mail."""
    return [alarm for alarm in alarms if alarm.level >= ON_EVERY_PAGE]


def last_telling() -> Telling | None:
    """The newest try to tell people by mail."""
    return Telling.objects.order_by("-at", "-pk").first()


def _open() -> QuerySet[Alarm]:
    return Alarm.objects.filter(ended_at=None, opened_at__isnull=False).select_related("inbox")


def _in_order(alarms: QuerySet[Alarm]) -> list[Alarm]:
    return sorted(alarms, key=lambda alarm: (-alarm.level, alarm.since, alarm.pk))
