"""The ways by which news reaches people: the bell, mail, and pushes. Another one is another line in WAYS.

A way decides by the person's wish and writes down what becomes of it. What leaves the building leaves later and
elsewhere: mail by the outbox, a push by `carrying`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rapport.events.models import Event
from rapport.kit import clock
from rapport.notifications import pushing, sparing
from rapport.notifications.models import Notification
from rapport.notifications.topics import By, Wish
from rapport.notifications.writing import write
from rapport.outbox import queueing

Mail = Notification.Mail
Push = Notification.Push


@dataclass(frozen=True, slots=True)
class Telling:
    """One person about to be told of one event. Ways change `row`, which is stored already."""

    row: Notification
    event: Event
    wish: Wish
    is_on_screen: bool
    has_device: bool = False


def ring(telling: Telling) -> None:
    """The bell: unread, unless the person is looking at the message."""
    row = telling.row
    row.on_bell = telling.wish.bell
    row.read_at = clock.now() if telling.is_on_screen else None


def mail(telling: Telling) -> None:
    """A mail at once, after a while, or with the next digest. Nobody needs one about what is on their screen."""
    row = telling.row
    if telling.wish.mail == By.NEVER or not row.account.mail_notifications:
        return
    if telling.is_on_screen:
        row.mail = Mail.DROPPED
    elif telling.wish.mail == By.DIGEST:
        row.mail = Mail.DIGEST
    elif (until := sparing.held_until(row, event=telling.event)) is not None:
        row.mail, row.mail_at = Mail.WAITING, until
    else:
        row.mail, row.mailed_at = Mail.TOLD, clock.now()
        queueing.queue_system_mail(write(row))


def push(telling: Telling) -> None:
    """A push to the person's browsers, at once or after a while; none about what is on their screen."""
    row = telling.row
    if not telling.wish.push or not telling.has_device:
        return
    if telling.is_on_screen:
        row.push = Push.DROPPED
    elif (until := sparing.push_held_until(row, event=telling.event)) is not None:
        row.push, row.push_at = Push.WAITING, until
    else:
        row.push, row.pushed_at = Push.TOLD, clock.now()
        pushing.queue(row.account_id, [row.pk])


WAYS: tuple[Callable[[Telling], None], ...] = (ring, mail, push)
