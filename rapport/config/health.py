"""Whether this installation works, for monitors and load balancers; tells nothing about its content."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from rapport.kit import clock
from rapport.reactions import schedule

LATE_AFTER = timedelta(seconds=60)


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """`status` is "ok", "late" (a loop of the workers has not been heard of for a minute) or "down" (status 503)."""
    try:
        beats = schedule.heartbeats()
    except DatabaseError:
        return _uncached({"status": "down", "database": False, "loops": {}}, 503)
    earliest = clock.now() - LATE_AFTER
    loops = {name: bool(row.last_success_at and row.last_success_at > earliest) for name, row in beats.items()}
    alive = bool(loops) and all(loops.values())
    return _uncached({"status": "ok" if alive else "late", "database": True, "loops": loops}, 200)


def _uncached(content: dict[str, object], status: int) -> JsonResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})
