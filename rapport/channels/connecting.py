"""What an adapter needs to reach the other side for one inbox: its set-up, its secrets, and what the operator allows."""

from __future__ import annotations

import fcntl
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction

from rapport.channels.email import oauth
from rapport.channels.models import Inbox
from rapport.channels.secrets import read_secrets, write_secrets
from rapport.kit import clock
from rapport.kit.secrets import SecretUnreadable
from rapport.people import installing

log = structlog.get_logger(__name__)

_locks: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)


def transport_settings(inbox: Inbox) -> dict[str, Any]:
    """The inbox's settings and secrets in one dict, with `address`, `allow_nets` and `practice_folder`.

    A consent's access token that is about to end is refreshed first, so this may take as long as the provider does:
    never call it inside a transaction. Raises kit.secrets.SecretUnreadable naming the missing key.
    """
    merged = _merged(inbox)
    # A provider that rotates refresh tokens would shut out the original of a restored copy.
    if oauth.is_due(merged["oauth"]) and _uses_consent(merged) and not installing.is_held():
        _refresh(inbox)
        merged = _merged(inbox)
    return merged


def renew_consents() -> None:
    """Renew what is about to end, so that a lost consent is noticed while its last token still works.

    Talks to providers: never call it inside a transaction.
    """
    for inbox in Inbox.objects.filter(is_active=True):
        try:
            transport_settings(inbox)
        except SecretUnreadable as error:
            log.warning("consent_unreadable", inbox=inbox.pk, reason=str(error))


def system_settings() -> dict[str, Any] | None:
    """How to send the product's own mails by RAPPORT_SYSTEM_MAIL_URL; None when it is not set."""
    mail = settings.ENVIRONMENT.system_mail
    if mail is None:
        return None
    security = "tls" if mail.security == "tls" else "starttls_if_offered"
    server = {"host": mail.host, "port": mail.port, "security": security, "user": mail.user, "auth": "password"}
    # The operator named this server in the environment, so the guard for targets set in the browser does not apply.
    return {"transport": "smtp", "smtp": server, "smtp_password": mail.password, "guard": False}


def _merged(inbox: Inbox) -> dict[str, Any]:
    environment = settings.ENVIRONMENT
    secrets = read_secrets(inbox)
    return {
        **inbox.settings,
        **secrets,
        "oauth": {**(inbox.settings.get("oauth") or {}), **(secrets.get("oauth") or {})},
        "address": inbox.address,
        "allow_nets": environment.allow_nets,
        "max_message_bytes": environment.max_message_bytes,
        "practice_folder": str(environment.home / "practice" / str(inbox.pk)),
    }


def _uses_consent(merged: dict[str, Any]) -> bool:
    return any((merged.get(name) or {}).get("auth") == "xoauth2" for name in ("imap", "smtp"))


def _refresh(inbox: Inbox) -> None:
    """Get and keep a new access token; on failure the old one stays, and the login will say what is wrong.

    One at a time for each inbox: a provider that rotates refresh tokens takes each of them once.
    """
    with _alone(inbox.pk):
        inbox.refresh_from_db(fields=["secrets_encrypted", "settings"])
        merged = _merged(inbox)
        if not oauth.is_due(merged["oauth"]):
            return
        try:
            tokens = oauth.refresh(merged["oauth"], allow_nets=merged["allow_nets"])
        except oauth.RefreshFailed as failure:
            log.warning("consent_not_refreshed", inbox=inbox.pk, reason=failure.reason, permanent=failure.permanent)
            since = merged["oauth"].get("refresh_failed_since") or int(clock.now().timestamp())
            tokens = {"refresh_failed_since": since, "refresh_error": failure.reason}
        else:
            tokens |= {"refresh_failed_since": None, "refresh_error": ""}
        # What a person may have changed meanwhile must not be undone.
        with transaction.atomic():
            now = Inbox.objects.select_for_update().get(pk=inbox.pk)
            secrets = read_secrets(now)
            write_secrets(now, {**secrets, "oauth": {**(secrets.get("oauth") or {}), **tokens}})
        inbox.secrets_encrypted = now.secrets_encrypted


@contextmanager
def _alone(inbox_id: int) -> Iterator[None]:
    """Keep the other threads and processes of this machine out."""
    folder = settings.ENVIRONMENT.home / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locks[inbox_id], (folder / f"consent-{inbox_id}.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
