"""Where a conversation stands: one of the five kinds, and within it perhaps a status of the company's own.

Everything that counts and sorts goes by the kind. The verbs of closing, snoozing and spamming enter a status through
`enter`, which keeps the two in step and holds people to the moves that the company allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rapport.conversations import catalogue
from rapport.conversations.errors import MoveForbidden
from rapport.conversations.models import Conversation, OwnStatus
from rapport.people.models import Account

Status = Conversation.Status
COLUMNS = ("status", "own_status_id")
_freely: ContextVar[bool] = ContextVar("moves_freely", default=False)
_NAMES = dict(Status.choices)


@contextmanager
def freely() -> Iterator[None]:
    """Within it no move is forbidden: for what was decided before (a release) or is taken back (an undo)."""
    token = _freely.set(True)
    try:
        yield
    finally:
        _freely.reset(token)


def is_free() -> bool:
    """Whether what happens now was decided before."""
    return _freely.get()


def enter(
    conversation: Conversation, status: Status, *, own: OwnStatus | None = None, by: Account | None
) -> dict[str, object]:
    """Let the conversation stand there; the caller saves COLUMNS. What its event tells. Raises MoveForbidden."""
    demand_move(conversation, key_of(status, own), by=by)
    facts: dict[str, object] = {"before": conversation.status}
    if conversation.own_status_id is not None:
        facts["before_own"] = conversation.own_status_id
    if own is not None:
        facts |= {"own": own.pk, "own_name": own.name}
    conversation.status, conversation.own_status_id = status, own.pk if own else None
    return facts


def stands(conversation: Conversation, status: Status, own: OwnStatus | None) -> bool:
    """Whether it is there already; what only names the kind is content with any status of that kind."""
    return conversation.status == status and (own is None or own.pk == conversation.own_status_id)


def demand_move(conversation: Conversation, target: str, *, by: Account | None) -> None:
    """Raises MoveForbidden when a person may not go from where it stands to `target`."""
    if by is None or is_free():
        return
    known = catalogue.read()
    if not known.may_move(conversation, target):
        raise MoveForbidden(name_of(known, known.status_key(conversation)), name_of(known, target))


def key_of(status: str, own: OwnStatus | None) -> str:
    """`open`, `waiting`, … or `own:3`."""
    return f"own:{own.pk}" if own else str(status)


def name_of(known: catalogue.Catalogue, key: str) -> str:
    """A status as people call it."""
    kind, _colon, number = key.partition(":")
    own = known.statuses.get(int(number)) if kind == "own" and number.isdecimal() else None
    return own.name if own else str(_NAMES.get(Status(key), key)) if key in Status.values else key
