"""Parse children that misbehave, for the tests."""

from __future__ import annotations

from rapport.channels.contract import Inbound
from rapport.channels.registry import adapter_for
from rapport.intake.parsing_child import ParseChild


class GreedyChild(ParseChild):
    """A real child under the real limits, whose reading takes what the mail says."""

    program = "rapport.intake.tests.greedy_child"


class InlineChild(ParseChild):
    """Reads in this process and at once, so that what is handed over together is stored together."""

    def ask(self, raw: bytes, *, kind: str = "email") -> None:
        """The answer lies ready."""
        self.parsed = adapter_for(kind).parse(raw)

    def has_answered(self, *, within: float) -> bool:
        return True

    def holds_answer(self) -> bool:
        return True

    def is_ready(self) -> bool:
        return True

    def answer(self) -> list[Inbound]:
        return self.parsed
