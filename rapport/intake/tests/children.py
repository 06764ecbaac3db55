"""Parse children that misbehave, for the tests."""

from __future__ import annotations

from rapport.intake.parsing_child import ParseChild


class GreedyChild(ParseChild):
    """A real child under the real limits, whose reading takes what the mail says."""

    program = "rapport.intake.tests.greedy_child"
