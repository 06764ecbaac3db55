"""Looks at the way in: are all folders read, is everything stored, does the provider's consent last?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from rapport.channels.models import Cursor, Inbox
from rapport.channels.registry import adapter_for
from rapport.channels.secrets import read_secrets
from rapport.kit.secrets import SecretUnreadable
from rapport.people import installing
from rapport.watching.kinds import KEPT_MOMENT, Kind
from rapport.watching.troubles import Facts, Trouble, Watcher, reason

# With a minute of patience this makes an alarm within five minutes; a folder that is read says so every 55 seconds.
SILENT_AFTER = timedelta(minutes=3)
CONSENT_ENDS_WITHIN = timedelta(days=7)
# An access token is renewed five minutes before it ends.
RENEWAL_LATE_AFTER = timedelta(minutes=1)


def look_at_folders(now: datetime) -> Iterator[Trouble]:
    """Folders that nobody reads or that cannot be read, and mails that lie on the server and not here."""
    if installing.is_held():
        return
    for inbox in Inbox.objects.filter(is_active=True).prefetch_related("cursors"):
        cursors = {cursor.part: cursor for cursor in inbox.cursors.all()}
        for part in adapter_for(inbox.kind).parts(inbox.settings):
            yield from _look_at_folder(inbox, part, cursors.get(part), now)


def look_at_consents(now: datetime) -> Iterator[Trouble]:
    """Consents of a provider that end soon or are not renewed."""
    if installing.is_held():
        return
    for inbox in Inbox.objects.filter(is_active=True):
        servers = (inbox.settings.get("imap") or {}, inbox.settings.get("smtp") or {})
        if any(server.get("auth") == "xoauth2" for server in servers):
            yield from _look_at_consent(inbox, now)


def _look_at_folder(inbox: Inbox, part: str, cursor: Cursor | None, now: datetime) -> Iterator[Trouble]:
    subject, named = f"{inbox.pk}:{part}", {"inbox": inbox.name, "part": part}
    last_success = cursor.last_success_at if cursor else None
    heard = last_success or inbox.created_at
    if cursor and cursor.failing_since:
        if now - max(cursor.failing_since, heard) >= SILENT_AFTER:
            facts = {**named, "reason": reason(cursor.last_error)}
            yield Trouble(Kind.FETCH_FAILING, cursor.failing_since, subject, facts, inbox.pk)
    elif now - heard >= SILENT_AFTER:
        yield Trouble(Kind.FETCH_SILENT, heard, subject, named, inbox.pk)
    if cursor and cursor.server_count is not None and cursor.stored_count is not None:
        missing = cursor.server_count - cursor.stored_count
        if missing > 0:
            counts: Facts = {**named, "missing": missing, "server": cursor.server_count}
            yield Trouble(Kind.MAIL_MISSING, now, subject, counts, inbox.pk)


def _look_at_consent(inbox: Inbox, now: datetime) -> Iterator[Trouble]:
    try:
        oauth = read_secrets(inbox).get("oauth") or {}
    except SecretUnreadable:
        return  # its folders fail and say so
    ends = _moment(oauth.get("expires_at"))
    lasts_until = _moment(oauth.get("refresh_expires_at")) if oauth.get("refresh_token") else ends
    failed_since = _moment(oauth.get("refresh_failed_since"))
    if failed_since or (oauth.get("refresh_token") and ends and now - ends >= RENEWAL_LATE_AFTER):
        told = reason(str(oauth.get("refresh_error") or ""))
        yield Trouble(
            Kind.CONSENT_LOST,
            failed_since or ends or now,
            str(inbox.pk),
            {"inbox": inbox.name, "reason": told},
            inbox.pk,
        )
    elif lasts_until and lasts_until - now <= CONSENT_ENDS_WITHIN:
        told = lasts_until.strftime(KEPT_MOMENT)
        yield Trouble(Kind.CONSENT_ENDING, now, str(inbox.pk), {"inbox": inbox.name, "ends": told}, inbox.pk)


def _moment(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(float(str(seconds)), UTC) if seconds else None


WATCHERS = [
    Watcher(frozenset({Kind.FETCH_SILENT, Kind.FETCH_FAILING, Kind.MAIL_MISSING}), look_at_folders),
    Watcher(frozenset({Kind.CONSENT_ENDING, Kind.CONSENT_LOST}), look_at_consents),
]
