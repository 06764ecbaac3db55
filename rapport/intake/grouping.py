"""Several arrivals in one transaction, and how they are as before when it is undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rapport.intake.models import RawMessage
from rapport.rows import turns
from rapport.rows.turns import Turn

_UNDONE = ("state", "processed_at", "claimed_until", "last_error", "conversation_id", "message_id")


@contextmanager
def together(rows: Sequence[RawMessage]) -> Iterator[Turn]:
    """One transaction for what is done with several arrivals.

    When anything raises, the rows are as they were: what a half-done attempt wrote on them would mislead the next.
    """
    before = [_facts(row) for row in rows]
    try:
        with turns.shared() as turn:
            yield turn
    except BaseException:
        for row, facts in zip(rows, before, strict=True):
            for name, value in facts.items():
                setattr(row, name, value)
        raise


def _facts(row: RawMessage) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _UNDONE}
