"""The company's own words and switches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import transaction

from rapport.events import auditing
from rapport.kit import clock
from rapport.kit.secrets import random_token
from rapport.people.errors import UnknownChoice
from rapport.people.models import Account, Installation
from rapport.rows.asking import Objects

_ONLY_ROW = 1
_row = Objects(lambda pk: Installation.objects.filter(pk=pk))
_last: list[Installation] = []
_noted: ContextVar[tuple[Installation, ...]] = ContextVar("noted_installation", default=())
_remembered: ContextVar[list[Installation] | None] = ContextVar("remembered_installation", default=None)


def current() -> Installation:
    """The installation's row; made at its first reading."""
    remembered = _remembered.get()
    if remembered:
        return remembered[0]
    found = next(iter(_row.ask(_ONLY_ROW)), None) or Installation.objects.get_or_create(pk=_ONLY_ROW)[0]
    if remembered is not None:
        remembered.append(found)
    _last[:] = [found]
    return found


def expect() -> None:
    """Bring the row along with what is asked now."""
    _row.expect(_ONLY_ROW)


@contextmanager
def read_once() -> Iterator[None]:
    """Within it the row is read once, however often a page asks for it. For work that does not change it."""
    if _remembered.get() is not None:
        yield
        return
    token = _remembered.set(list(_noted.get()))
    try:
        yield
    finally:
        _remembered.reset(token)


@contextmanager
def noted() -> Iterator[None]:
    """Within it what is done `read_once` goes by the row as it is now, which came along with something else."""
    token = _noted.set((current(),))
    try:
        yield
    finally:
        _noted.reset(token)


@contextmanager
def assumed() -> Iterator[bool]:
    """Within it the row is as this process read it last; whether it ever did. Only for guessing what will be asked."""
    token = _remembered.set(list(_last))
    try:
        yield bool(_last)
    finally:
        _remembered.reset(token)


@transaction.atomic
def store(by: Account | None, **values: Any) -> Installation:
    """Store these columns of the row, and tell what changed. For the verbs that say what they mean."""
    installation = current()
    before = auditing.state(installation, *values)
    for name, value in values.items():
        setattr(installation, name, value)
    installation.save(update_fields=list(values))
    auditing.changed("installation.changed", installation, by=by, before=before)
    return installation


def change(*, company_name: str, open_to_all: bool, by: Account | None) -> Installation:
    """Name the company and say whether every agent sees every conversation."""
    return store(by, company_name=company_name.strip(), open_to_all=open_to_all)


def set_phone_region(region: str, *, by: Account | None) -> None:
    """The country (ISO 3166, two letters) whose phone numbers are written without its code; empty for none.

    Raises UnknownChoice.
    """
    from rapport.people import phoning  # which asks this module

    code = region.strip().upper()
    if code and not phoning.is_region(code):
        raise UnknownChoice
    store(by, phone_region=code)


def set_undo_time(*, seconds: int | None, by: Account | None) -> None:
    """Say how long replies wait before they leave, for everybody who has not chosen; None as the operator says."""
    store(by, undo_seconds=seconds)


def reshape() -> None:
    """Custom fields, statuses or checklists changed: whoever remembers them reads them anew from now on."""
    installation = current()
    installation.shape = random_token(80)
    installation.save(update_fields=["shape"])


def set_time_spent(*, is_noted: bool, by: Account | None) -> None:
    """Say whether people note how long they worked on a conversation. What was noted stays."""
    store(by, time_spent=is_noted)


def set_push_words(*, are_shown: bool, by: Account | None) -> None:
    """Say whether pushes carry names and subjects, which anybody can read on a locked screen."""
    store(by, push_words=are_shown)


def hide(names: Iterable[str], *, by: Account | None) -> None:
    """Show the company everything but these."""
    store(by, hidden=sorted(set(names)))


def is_held() -> bool:
    """Whether this is a restored copy that nobody has released: it sends nothing and reads no mailbox."""
    return current().held_since is not None


@transaction.atomic
def hold(*, backup_made_at: datetime, last_message: int) -> None:
    """Mark this installation as a restored copy, `last_message` its newest message. outbox.holding releases it."""
    installation = current()
    installation.held_since, installation.held_from_message = clock.now(), last_message
    installation.save(update_fields=["held_since", "held_from_message"])
    auditing.changed("installation.held", installation, by=None, after={"backup_made_at": backup_made_at})
