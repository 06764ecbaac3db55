"""A conversation is brought to any status that people can choose: one of the kinds, or one of the company's own."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from rapport.conversations import access, catalogue, closing, history, locking, snoozing, standing
from rapport.conversations.errors import UnknownStatus
from rapport.conversations.models import Conversation, OwnStatus
from rapport.kit import clock
from rapport.people.models import Account
from rapport.people.rights import Right

Status = Conversation.Status
# Kinds that an own status may be of, and that one may go to by a menu. Snoozing by its kind alone asks for a time.
KINDS = (Status.OPEN, Status.WAITING, Status.SNOOZED, Status.CLOSED)


def put(conversation: Conversation, *, status: str, by: Account | None) -> Conversation:
    """Bring it to `open`, `waiting`, `closed` or `own:3`, by the verb of that kind.

    Raises UnknownStatus, MoveForbidden, FieldsMissing, NotAllowed.
    """
    access.demand(by, Right.MANAGE)
    kind, own = _chosen(status)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        if conversation.status == Status.SPAM:
            raise UnknownStatus
        if conversation.status == kind:
            return name(conversation, own=own, by=by)
        if kind == Status.CLOSED:
            return closing.close(conversation, by=by, own=own)
        if kind == Status.WAITING:
            return closing.wait(conversation, by=by, own=own)
        if kind == Status.SNOOZED:
            days = timedelta(days=own.days or 1) if own else timedelta(days=1)
            return snoozing.snooze(conversation, until=clock.now() + days, by=by, own=own)
        return _open(conversation, own, by=by)


def name(conversation: Conversation, *, own: OwnStatus | None, by: Account | None) -> Conversation:
    """Another status of the kind it has; None for the kind itself. Raises MoveForbidden, NotAllowed."""
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        if conversation.own_status_id == (own.pk if own else None):
            return conversation
        facts = standing.enter(conversation, Status(conversation.status), own=own, by=by)
        conversation.save(update_fields=list(standing.COLUMNS))
        history.changed(conversation, "status", by=by, **facts)
        return conversation


def offered(conversation: Conversation) -> list[tuple[str, OwnStatus | None]]:
    """Keys of the statuses one may bring it to now, with the company's own; in the order of the kinds."""
    if conversation.status == Status.SPAM:
        return []
    known = catalogue.read()
    found: list[tuple[str, OwnStatus | None]] = []
    for kind in KINDS:
        if kind != Status.SNOOZED:
            found.append((str(kind), None))
        found += [(f"own:{own.pk}", own) for own in known.living_statuses() if own.kind == kind]
    present = known.status_key(conversation)
    return [(key, own) for key, own in found if key != present and known.may_move(conversation, key)]


def _open(conversation: Conversation, own: OwnStatus | None, *, by: Account | None) -> Conversation:
    if conversation.status != Status.SNOOZED:
        return closing.reopen(conversation, by=by, own=own)
    standing.demand_move(conversation, standing.key_of(Status.OPEN, own), by=by)
    with standing.freely():
        return name(snoozing.wake(conversation, by=by), own=own, by=by)


def _chosen(status: str) -> tuple[Status, OwnStatus | None]:
    if status in (Status.OPEN, Status.WAITING, Status.CLOSED):
        return Status(status), None
    prefix, _colon, number = status.partition(":")
    own = catalogue.read().statuses.get(int(number)) if prefix == "own" and number.isdecimal() else None
    if own is None or own.archived_at is not None:
        raise UnknownStatus
    return Status(own.kind), own
