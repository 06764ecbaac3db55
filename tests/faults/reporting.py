"""Seeds, sizes, and the one line each fault test leaves behind, shown at the end of the run."""

from __future__ import annotations

import os
import random

import pytest

FIGURE = "fault figures"


def seed_of_this_run() -> int:
    """The seed given by RAPPORT_FAULT_SEED, else a new one."""
    given = os.environ.get("RAPPORT_FAULT_SEED")
    return int(given) if given else random.SystemRandom().randrange(1_000_000)


def size(*, commit: int, night: int, release: int) -> int:
    """The number that belongs to this run's size."""
    return {"C": commit, "N": night, "R": release}[os.environ.get("RAPPORT_FAULT_SIZE", "C")]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what every fault test measured, its seed first, whether it passed or not."""
    lines = [
        f"{report.nodeid.rpartition('::')[2]}: {value}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == FIGURE
    ]
    if lines:
        terminalreporter.section("faults")
        terminalreporter.write("\n".join(lines) + "\n")
