"""When this happened, do these, in this order: the architecture diagram in code.

`outward` reactions reach people or machines outside the desk; events of imported history skip them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rapport.events.models import Event


class Reaction(NamedTuple):
    """One consequence. `run` works inside its own transaction, is safe to repeat, and may raise to be tried again."""

    kind: str
    name: str
    run: Callable[[Event], object]
    outward: bool = True


REACTIONS: list[Reaction] = []


def reactions_to(event: Event) -> list[Reaction]:
    """What must be done about this event, in order."""
    return [
        reaction for reaction in REACTIONS if reaction.kind == event.kind and not (event.historic and reaction.outward)
    ]


def find(kind: str, name: str) -> Reaction | None:
    """A reaction by its name; None when a newer version no longer has it."""
    return next((each for each in REACTIONS if (each.kind, each.name) == (kind, name)), None)
