"""What a look returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from rapport.watching import kinds
from rapport.watching.kinds import Kind, Level

Facts = Mapping[str, str | int]

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong now. `since`: as far as known. `follows`: it follows from another trouble that is told
    already, so it opens no alarm of its own, but ends none either."""

    kind: Kind
    since: datetime
    subject: str = ""
    facts: Facts = field(default_factory=dict)
    inbox: int | None = None
    follows: bool = False

    @property
    def sentence(self) -> str:
        """What is wrong, in the current language."""
        return kinds.sentence(self.kind, self.facts)

    @property
    def cure(self) -> str:
        """What helps, in the current language."""
        return kinds.cure(self.kind, self.facts)

    @property
    def level(self) -> Level:
        """How grave it is."""
        return kinds.about(self.kind).level


class Watcher(NamedTuple):
    """One look and the kinds it answers for: while it cannot look, alarms of these kinds stay as they are.

    `only_worker`: what it looks at lies beside the worker, so a web process on another machine must not judge it.
    """

    kinds: frozenset[Kind]
    look: Callable[[datetime], Iterable[Trouble]]
    only_worker: bool = False


def reason(text: str) -> str:
    """A reason told by another program, short enough for a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"
