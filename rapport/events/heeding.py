"""Which events anybody reacts to. The layer of the reactions says so when the process begins; until then all count.

An event that nobody reacts to is written as handled, so that no worker has to claim it to find that out.
"""

from __future__ import annotations

from collections.abc import Callable

Concerns = Callable[[str, bool], bool]


def _all(kind: str, historic: bool) -> bool:
    return True


_concerns: Concerns = _all


def heed(concerns: Concerns) -> None:
    """From now on `concerns(kind, historic)` says whether somebody reacts to such an event."""
    global _concerns
    _concerns = concerns


def is_heeded(kind: str, *, historic: bool) -> bool:
    """Whether somebody reacts to such an event."""
    return _concerns(kind, historic)
