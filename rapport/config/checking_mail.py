"""The doctor's looks at other machines: each inbox by its own connection doctor, and the operator's mail server."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

from django.conf import settings

from rapport.config.findings import Finding

_SECONDS = 10.0


def _inboxes() -> Iterator[Finding]:
    from rapport.channels import examining
    from rapport.channels.models import Inbox

    for inbox in Inbox.objects.filter(is_active=True).order_by("pk"):
        for step in examining.examine(inbox):
            cure = "" if step.ok else step.cure or "Examine the connection in the inbox's settings."
            yield Finding(f"{inbox.name}, {step.name}: {step.detail.rstrip('.') or 'works'}", cure)


def _system_mail() -> Iterator[Finding]:
    mail = settings.ENVIRONMENT.system_mail
    if mail is None:
        yield Finding("RAPPORT_SYSTEM_MAIL_URL is not set: alarms and invitations go by an inbox")
        return
    try:
        socket.create_connection((mail.host, mail.port), _SECONDS).close()
    except OSError as error:
        told = error.strerror or "no answer in time"
        yield Finding(f"The server of RAPPORT_SYSTEM_MAIL_URL cannot be reached: {told}", "Check its host and port.")
    else:
        yield Finding("The server of RAPPORT_SYSTEM_MAIL_URL can be reached")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (_inboxes, _system_mail)
