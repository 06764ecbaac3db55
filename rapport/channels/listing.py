"""Named reads of inboxes."""

from __future__ import annotations

from rapport.channels.models import Inbox


def inbox_of(address: str) -> Inbox | None:
    """The active inbox with this address, one of its aliases, or its address with a +tag."""
    local, _, domain = address.strip().lower().rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    inboxes = list(Inbox.objects.filter(is_active=True))
    for wanted in (f"{local}@{domain}", plain):
        for inbox in inboxes:
            if wanted in (inbox.address.lower(), *(str(alias).lower() for alias in inbox.aliases)):
                return inbox
    return None
