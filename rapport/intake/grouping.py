"""Several arrivals in one transaction, and how they are as before when it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rapport.intake.models import RawMessage
from rapport.rows import turns
from rapport.rows.turns import Turn

_UNDONE = ("state", "processed_at", "claimed_until", "last_error", "conversation_id", "message_id")


class Group:
    """The arrivals that share a transaction, and whose `turn` it is."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self._before: list[tuple[RawMessage, dict[str, Any]]] = []

    def begin(self, row: RawMessage) -> None:
        """Remember how this arrival is before anything is done with it."""
        self._before.append((row, {name: getattr(row, name) for name in _UNDONE}))

    def undo(self) -> None:
        """Make them as they were: what a half-done attempt wrote on them would mislead the next."""
        for row, facts in self._before:
            for name, value in facts.items():
                setattr(row, name, value)


@contextmanager
def together() -> Iterator[Group]:
    """One transaction for what is done with several arrivals. When anything raises, all of them are as they were."""
    group = None
    try:
        with turns.shared() as turn:
            group = Group(turn)
            yield group
    except BaseException:
        if group is not None:
            group.undo()
        raise
