from __future__ import annotations

from dataclasses import dataclass, field

from rapport.channels.contract import BounceReport
from rapport.channels.email.parsing.tree import Part


@dataclass(slots=True)
class Bounce:
    """What came back: one report per recipient, and the id of the returned message, or ''."""

    reports: list[BounceReport] = field(default_factory=list)
    returned_message_id: str = ""


def read_bounce(root: Part, text: str, subject: str, sender: str) -> Bounce | None:
    return None
