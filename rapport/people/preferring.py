"""How a person likes to work: how long one's replies wait, and whether single letters are shortcuts."""

from __future__ import annotations

from django.conf import settings

from rapport.people import installing
from rapport.people.errors import OutOfBounds
from rapport.people.models import Account

MOST_UNDO_SECONDS = 60


def undo_seconds(account: Account) -> int:
    """How long the account's replies wait before they leave: as it chose, else the company, else the operator."""
    if account.undo_seconds is not None:
        return account.undo_seconds
    return company_undo_seconds()


def company_undo_seconds() -> int:
    """The same for whoever has not chosen."""
    chosen = installing.current().undo_seconds
    return int(settings.ENVIRONMENT.undo_seconds) if chosen is None else chosen


def prefer(account: Account, *, undo: int | None, single_keys: bool) -> Account:
    """Keep what the account chose; `undo` in seconds, None as the company says. Raises OutOfBounds."""
    if undo is not None and not 0 <= undo <= MOST_UNDO_SECONDS:
        raise OutOfBounds
    account.undo_seconds, account.single_keys = undo, single_keys
    account.save(update_fields=["undo_seconds", "single_keys"])
    return account
