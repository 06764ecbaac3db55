"""Examining an inbox's connections, as the settings page and `rapport check` ask for it."""

from __future__ import annotations

from collections.abc import Iterator

from rapport.channels.connecting import transport_settings
from rapport.channels.email import doctor
from rapport.channels.email.doctor import Step
from rapport.channels.models import Inbox
from rapport.kit.secrets import SecretUnreadable
from rapport.people import installing

PATIENCE_SECONDS = 10.0


def examine(inbox: Inbox, *, send_test: bool = False) -> Iterator[Step]:
    """The doctor's findings one by one, as they come; a person waits, so each step has ten seconds.

    With `send_test` one mail goes to the inbox's own address. Call it outside any transaction.
    """
    if send_test and installing.is_held():
        yield Step(
            "Test mail", False, "This is a restored copy, which sends nothing.", "Release it on the status page."
        )
        return
    try:
        settings = transport_settings(inbox)
    except SecretUnreadable as error:
        yield Step("Passwords", False, str(error), "Put back the key file, or enter the passwords again.")
        return
    yield from doctor.examine(inbox.address, {"timeout_seconds": PATIENCE_SECONDS, **settings}, send_test=send_test)
