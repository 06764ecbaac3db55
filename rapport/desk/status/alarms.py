"""What is wrong now, for the bar on every page and the list on the status page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from rapport.kit import clock
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.reactions import watchers
from rapport.watching import listing, machine
from rapport.watching.kinds import Kind
from rapport.watching.models import Alarm
from rapport.watching.troubles import Trouble

ENDED_WITHIN = timedelta(days=1)
ENDED_SHOWN = 10


def standing_for(account: Account) -> Sequence[Alarm | Trouble]:
    """The alarms this account sees. A silent worker cannot open its own, nor can anybody on a full disk: those are
    looked at here too."""
    if not account.may(Right.STATUS):
        return []
    alarms = listing.standing_for(account)
    told = {alarm.kind for alarm in alarms}
    now = clock.now()
    heard_before = [each for each in watchers.look_at_worker(now) if now - each.since >= watchers.SILENT_AFTER]
    full = [each for each in machine.look_at_disk(now) if each.kind == Kind.DISK_FULL]
    return [*(each for each in (*full, *heard_before) if each.kind not in told), *alarms]


def ended_for(account: Account) -> list[Alarm]:
    """Alarms of the last day that are over, for those who may change the installation."""
    if not account.may(Right.INSTALLATION):
        return []
    ended = Alarm.objects.filter(ended_at__gte=clock.now() - ENDED_WITHIN, opened_at__isnull=False)
    return list(ended.order_by("-ended_at")[:ENDED_SHOWN])


def bar(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `alarms` and `sees_alarms`, read only where a page shows them."""
    return {
        "sees_alarms": SimpleLazyObject(lambda: _may_see(request)),
        "alarms": SimpleLazyObject(lambda: _for_the_bar(request)),
    }


def _may_see(request: HttpRequest) -> bool:
    account = getattr(request, "user", None)
    return isinstance(account, Account) and account.may(Right.STATUS)


def _for_the_bar(request: HttpRequest) -> list[Alarm | Trouble]:
    account = getattr(request, "user", None)
    if not isinstance(account, Account):
        return []
    return [each for each in standing_for(account) if each.level >= listing.ON_EVERY_PAGE]
