"""What runs behind the desk, as people call it. Logs, metrics and rows keep the short names of the code."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

_NUMBERED = re.compile(r"(.+) (\d+)")

LOOPS = {
    "fetching": noop("Reading mailboxes"),
    "mail door": noop("Mail door"),
    "intake": noop("Processing of arrived mail"),
    "reactions": noop("Follow-up work"),
    "releases": noop("Release of held messages"),
    "snoozes": noop("Return of snoozed conversations"),
    "outbox": noop("Sending of mail"),
    "pushes": noop("Notifications on devices"),
    "imports": noop("Imports"),
    "schedule": noop("Scheduled work"),
}
SCHEDULED = {
    "recover interrupted deliveries": noop("Settle deliveries that were interrupted"),
    "forget unsent uploads": noop("Remove files that were never sent"),
    "forget drawn pictures": noop("Remove drawn pictures that nobody looks at"),
    "forget ended sessions": noop("Remove ended sessions"),
    "forget sent forms": noop("Forget which forms were sent"),
    "forget awaited mails": noop("Forget mails that never came"),
    "write held notifications": noop("Send held notifications and digests"),
    "push held notifications": noop("Push held notifications"),
    "forget devices": noop("Forget devices that are gone"),
    "forget notifications": noop("Remove old notifications"),
    "renew consents": noop("Renew the consent of providers"),
    "fold counts": noop("Put the counts of the views together"),
    "watch": noop("Watch over all of this"),
}
REACTIONS = {
    "queue the reply": noop("Queue the reply"),
    "queue the mail": noop("Queue the mail"),
    "try what waited": noop("Try again what waited"),
    "acknowledge": noop("Acknowledge the arrival"),
    "tell those concerned": noop("Tell those concerned"),
    "tell those mentioned": noop("Tell those mentioned"),
    "tell the author": noop("Tell the author"),
    "tell the assignee": noop("Tell the assignee"),
    "tell the team": noop("Tell the team"),
    "tell who waited for it": noop("Tell who waited for it"),
    "tell who began it": noop("Tell who began it"),
}


def loop(name: str) -> str:
    """`intake 2` → Processing of arrived mail 2. What is not known here keeps its name."""
    numbered = _NUMBERED.fullmatch(name)
    if numbered and numbered[1] in LOOPS:
        return f"{_(LOOPS[numbered[1]])} {numbered[2]}"
    return _(LOOPS[name]) if name in LOOPS else name


def scheduled(name: str) -> str:
    """`renew consents` → Renew the consent of providers."""
    return _(SCHEDULED[name]) if name in SCHEDULED else name


def reaction(name: str) -> str:
    """`tell the team` → Tell the team."""
    return _(REACTIONS[name]) if name in REACTIONS else name
