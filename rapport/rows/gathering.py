"""What a group of work asks of each of its parts, asked of all of them at once.

Within `together()` an answer is remembered, for work of a moment that ends with its transaction: what was asked for many
is not asked for each again. Elsewhere everything is asked anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_remembered: ContextVar[dict[Hashable, Any] | None] = ContextVar("remembered", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Within it, and within others of these inside it, answers are remembered."""
    if _remembered.get() is not None:
        yield
        return
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def once(key: Hashable, ask: Callable[[], Value]) -> Value:
    """The answer to a question that is the same for all of them. `key` names it."""
    remembered = _remembered.get()
    if remembered is None:
        return ask()
    if key not in remembered:
        remembered[key] = ask()
    value: Value = remembered[key]
    return value


class Gathered(Generic[Key, Value]):
    """One question that is asked of many. `read` answers for those that it knows an answer for."""

    def __init__(self, read: Callable[[Sequence[Key]], Mapping[Key, Value]]) -> None:
        self._read = read

    def gather(self, keys: Iterable[Key]) -> None:
        """Ask it of all of these that it was not asked of yet. Outside `together()` this does nothing."""
        remembered = _remembered.get()
        if remembered is None:
            return
        known: dict[Key, Value | None] = remembered.setdefault(self, {})
        new = [key for key in dict.fromkeys(keys) if key not in known]
        if new:
            found = self._read(new)
            known.update((key, found.get(key)) for key in new)

    def of(self, key: Key) -> Value | None:
        """The answer for one; None where there is none."""
        remembered = _remembered.get()
        if remembered is None:
            return self._read([key]).get(key)
        self.gather([key])
        known: dict[Key, Value | None] = remembered[self]
        return known[key]

    def note(self, key: Key, value: Value) -> None:
        """The answer has changed by what the group itself did."""
        remembered = _remembered.get()
        if remembered is not None:
            remembered.setdefault(self, {})[key] = value
