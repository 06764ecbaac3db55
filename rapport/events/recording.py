"""Writing events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rapport.events import heeding, waking
from rapport.events.models import Event
from rapport.kit import clock
from rapport.rows import making, writing


def record(  # noqa: PLR0913 - the columns of one row, keyword-only
    kind: str,
    *,
    subject: int | None = None,
    conversation: int | None = None,
    actor: int | None = None,
    at: datetime | None = None,
    historic: bool = False,
    data: dict[str, Any] | None = None,
    area: str | None = None,
) -> Event:
    """Write one event in the current transaction and wake the waiting processes once it has committed.

    `data` must be small JSON. `area` is set by events.auditing alone. `historic` events are read by timelines and figures, and cause nothing outward.
    What nobody reacts to is handled from the start.
    """
    event = making.new(
        Event,
        kind=kind,
        subject_id=subject,
        conversation_id=conversation,
        actor_id=actor,
        at=at or clock.now(),
        historic=historic,
        handled=not heeding.is_heeded(kind, historic=historic),
        data=data or {},
        area=area,
    )
    writing.insert(event)
    waking.wake_after_commit()
    return event


def record_all(kind: str, facts: Sequence[tuple[int, dict[str, Any]]], *, actor: int | None) -> None:
    """The same of many subjects at once, each with its data; nothing for none."""
    if not facts:
        return
    now, handled = clock.now(), not heeding.is_heeded(kind, historic=False)
    Event.objects.bulk_create(
        Event(kind=kind, subject_id=pk, actor_id=actor, at=now, data=data, handled=handled) for pk, data in facts
    )
    waking.wake_after_commit()
