"""Named reads of inboxes."""

from __future__ import annotations

from rapport.channels.models import Inbox
from rapport.rows import gathering, reading

_active = reading.Kept(lambda: Inbox.objects.filter(is_active=True))


def inbox_of(address: str) -> Inbox | None:
    """The active inbox with this address, one of its aliases, or its address with a +tag."""
    local, _, domain = address.strip().lower().rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    inboxes = gathering.once(_active, _active.all)
    for wanted in (f"{local}@{domain}", plain):
        for inbox in inboxes:
            if wanted in (inbox.address.lower(), *(str(alias).lower() for alias in inbox.aliases)):
                return inbox
    return None
