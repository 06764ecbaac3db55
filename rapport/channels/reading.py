"""Who reads which part of an inbox, how far it has come, and how that goes: the verbs on Cursor rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from rapport.channels.models import Cursor, Inbox
from rapport.kit import clock, owning, text

# With the renewing and the looking of `fetching.Pace`: what a machine left that died is read again within a minute.
LEASE = timedelta(seconds=40)
_ERROR_CHARS = 500


def readable_inboxes() -> list[Inbox]:
    """Active inboxes, with what a reader must know of them."""
    return list(Inbox.objects.filter(is_active=True).order_by("pk"))


def lease(inbox: Inbox, part: str, *, by: str) -> Cursor | None:
    """Take the part for reading, by conditional UPDATE; None while somebody else reads it.

    `by` is kit.owning.this_process(): a lease left by a dead process of this machine is taken over at once. One that
    lasts longer than any was taken before the clock went back: nobody waits for that hour again.
    """
    cursor, _ = Cursor.objects.get_or_create(inbox=inbox, part=part)
    now = clock.now()
    is_too_long = Q(leased_until__gt=now + LEASE + clock.SLACK)
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now) | is_too_long | Q(leased_by=by)
    if cursor.leased_by and owning.is_gone(cursor.leased_by):
        free |= Q(leased_by=cursor.leased_by)
    taken = Cursor.objects.filter(free, pk=cursor.pk).update(leased_by=by, leased_until=now + LEASE)
    if not taken:
        return None
    cursor.refresh_from_db()
    return cursor


def renew(cursor: Cursor) -> bool:
    """Keep the lease; False when it was lost meanwhile."""
    until = clock.now() + LEASE
    return bool(Cursor.objects.filter(pk=cursor.pk, leased_by=cursor.leased_by).update(leased_until=until))


def release(cursor: Cursor) -> None:
    """Let somebody else read."""
    Cursor.objects.filter(pk=cursor.pk, leased_by=cursor.leased_by).update(leased_by="", leased_until=None)


def advance(cursor: Cursor, position: dict[str, Any], *, read: int = 0) -> None:
    """Remember how far the part was read; `read`: mails stored since the last time."""
    cursor.position = position
    fields: dict[str, Any] = {"position": position}
    if read:
        # A long history takes hours: whoever looks meanwhile should see that it goes on.
        fields |= {"last_message_at": clock.now(), "last_success_at": clock.now()}
        cursor.last_message_at = fields["last_message_at"]
    Cursor.objects.filter(pk=cursor.pk).update(**fields)


def note_success(cursor: Cursor, *, trouble: str = "") -> None:
    """Reading works. `trouble`: a sentence on single mails that the server would not give."""
    cursor.last_success_at, cursor.last_error = clock.now(), text.clean_line(trouble, _ERROR_CHARS)
    cursor.failing_since = cursor.next_try_at = None
    cursor.save(update_fields=["last_success_at", "last_error", "failing_since", "next_try_at"])


def note_failure(cursor: Cursor, reason: str, *, next_try_at: datetime) -> None:
    """Reading does not work, in plain words, and when it is tried again."""
    cursor.last_error, cursor.next_try_at = text.clean_line(reason, _ERROR_CHARS), next_try_at
    cursor.failing_since = cursor.failing_since or clock.now()
    cursor.save(update_fields=["last_error", "next_try_at", "failing_since"])


def note_counts(cursor: Cursor, *, server: int, stored: int) -> None:
    """How many mails lie on the server since the chosen start, and how many of those are stored here."""
    cursor.server_count, cursor.stored_count = server, stored
    cursor.save(update_fields=["server_count", "stored_count"])


def count_more(cursor: Cursor, *, server: int, stored: int) -> None:
    """Add what came since the last count, which costs the server more than a single mail should."""
    if server or stored:
        note_counts(cursor, server=(cursor.server_count or 0) + server, stored=(cursor.stored_count or 0) + stored)


def forget_others(inbox: Inbox, parts: Iterable[str]) -> None:
    """Drop the failures of parts that are read no more; how far they were read is kept."""
    gone = Cursor.objects.filter(inbox=inbox).exclude(part__in=list(parts))
    failing = gone.exclude(failing_since=None, last_error="")
    if failing.exists():  # asked every few seconds, and seldom so
        failing.update(failing_since=None, last_error="", next_try_at=None)
