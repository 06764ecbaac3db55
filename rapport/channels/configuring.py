"""Inboxes: made, changed, paused, by people with the right to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from rapport.channels.errors import AddressTaken
from rapport.channels.models import Inbox
from rapport.channels.secrets import read_secrets, write_secrets
from rapport.events import auditing
from rapport.kit.secrets import SecretUnreadable
from rapport.people.models import Account, Team


@dataclass(frozen=True, slots=True)
class Setup:
    """All that is set for one inbox. `settings` is the adapter's own; `secrets` names only those that change."""

    name: str
    address: str
    display_name: str = ""
    team: Team | None = None
    aliases: list[str] = field(default_factory=list)
    authserv_id: str = ""
    acknowledge: bool = True
    is_active: bool = True
    settings: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, Any] = field(default_factory=dict, repr=False)


@transaction.atomic
def create(setup: Setup, *, by: Account | None, kind: str = "email") -> Inbox:
    """A new inbox; it is read from then on if it is active. Raises AddressTaken."""
    inbox = Inbox(kind=kind)
    _apply(inbox, setup)
    write_secrets(inbox, setup.secrets)
    after = auditing.state(inbox, "kind", *_COLUMNS)
    also = {"what": ["created"]}
    auditing.changed("inbox.changed", inbox, by=by, after=after, secrets=setup.secrets, also=also)
    return inbox


@transaction.atomic
def change(inbox: Inbox, *, setup: Setup, by: Account | None) -> Inbox:
    """Set the inbox up anew; secrets that are not named stay. The event names fields, never their content.

    Raises AddressTaken.
    """
    _hold(inbox)
    before = auditing.state(inbox, *_COLUMNS)
    changed = [name for name in _COLUMNS if getattr(inbox, name) != getattr(setup, name)]
    _apply(inbox, setup)
    if setup.secrets:
        write_secrets(inbox, {**_readable_secrets(inbox), **setup.secrets})
        changed.append("secrets")
    also = {"what": changed}
    auditing.changed("inbox.changed", inbox, by=by, before=before, secrets=setup.secrets, also=also)
    return inbox


@transaction.atomic
def change_settings(inbox: Inbox, *, settings: dict[str, Any], secrets: dict[str, Any], by: Account | None) -> Inbox:
    """Set the adapter's own settings and, where named, secrets; nothing else of the inbox."""
    _hold(inbox)
    before = auditing.state(inbox, "settings")
    inbox.settings = settings
    inbox.save(update_fields=["settings"])
    changed = ["settings"]
    if secrets:
        write_secrets(inbox, {**_readable_secrets(inbox), **secrets})
        changed.append("secrets")
    auditing.changed("inbox.changed", inbox, by=by, before=before, secrets=secrets, also={"what": changed})
    return inbox


@transaction.atomic
def trust_server(inbox: Inbox, *, authserv_id: str, by: Account | None) -> Inbox:
    """Name the inbox's own mail server, whose Authentication-Results count from now on; empty trusts none."""
    before = auditing.state(inbox, "authserv_id")
    inbox.authserv_id = authserv_id.strip().lower()
    inbox.save(update_fields=["authserv_id"])
    auditing.changed("inbox.changed", inbox, by=by, before=before, also={"what": ["authserv_id"]})
    return inbox


_COLUMNS = ("name", "address", "display_name", "team", "aliases", "authserv_id", "acknowledge", "is_active", "settings")


def _apply(inbox: Inbox, setup: Setup) -> None:
    for name in _COLUMNS:
        setattr(inbox, name, getattr(setup, name))
    try:
        with transaction.atomic():
            inbox.save()
    except IntegrityError:
        raise AddressTaken from None


def _hold(inbox: Inbox) -> None:
    """Lock the row and take its secrets as they are now: the worker may have renewed a token since the page was read,
    and many a provider takes the old one no more."""
    rows = Inbox.objects.select_for_update().filter(pk=inbox.pk)
    inbox.secrets_encrypted = rows.values_list("secrets_encrypted", flat=True).get()


def _readable_secrets(inbox: Inbox) -> dict[str, Any]:
    """What the key ring still opens: after a lost key, new passwords must be enough to go on."""
    try:
        return read_secrets(inbox)
    except SecretUnreadable:
        return {}
