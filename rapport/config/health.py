"""Whether this installation works, for monitors and load balancers; tells nothing about its content."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from rapport.config import locality
from rapport.desk.status import alarms
from rapport.kit import clock
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.reactions import schedule, watchers
from rapport.watching import listing, machine
from rapport.watching.kinds import Level
from rapport.watching.models import Alarm
from rapport.watching.troubles import Trouble

_STATUS = {Level.DEGRADED: "degraded", Level.FAILING: "failing"}


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """`status` is "ok", "degraded" or "failing", `codes` the kinds of the alarms that stand; 503 for "failing" only.

    To this machine itself and to a signed-in account that sees the status page, `loops` and `alarms` tell more.
    """
    try:
        found = _found()
        content = _summary(found)
        content |= _details(request)
    except DatabaseError:
        content = {"status": "failing", "codes": ["database"], "database": False}
    status = 503 if content["status"] == "failing" else 200
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})


def _found() -> list[Alarm | Trouble]:
    """Open alarms, and what this process sees itself: the worker that notes alarms may be what is silent."""
    now = clock.now()
    here = [*watchers.look_at_worker(now), *machine.look_at_disk(now)]
    return [*listing.worth_telling(listing.standing()), *(each for each in here if each.level >= listing.ON_EVERY_PAGE)]


def _summary(found: list[Alarm | Trouble]) -> dict[str, object]:
    worst = max((each.level for each in found), default=None)
    codes = sorted({str(each.kind) for each in found})
    return {"status": _STATUS[worst] if worst else "ok", "codes": codes, "database": True}


def _details(request: HttpRequest) -> dict[str, object]:
    account = request.user if isinstance(request.user, Account) else None
    if account is not None and account.may(Right.STATUS):
        shown: Sequence[Alarm | Trouble] = alarms.standing_for(account)
    elif locality.is_from_this_machine(request):
        shown = listing.standing()
    else:
        return {}
    told = [
        {"code": str(each.kind), "sentence": each.sentence, "cure": each.cure, "since": clock.utc_iso(each.since)}
        for each in shown
    ]
    now = clock.now()
    loops = {name: watchers.is_heard(row, now) for name, row in schedule.heartbeats().items()}
    return {"alarms": told, "loops": loops}
