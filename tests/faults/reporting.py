"""Seeds, sizes, and what each fault test leaves behind: lines at the end of the run, and one page, build/faults.md."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

FIGURE = "fault figures"
SEED = "RAPPORT_FAULT_SEED="
CHECKOUT = Path(__file__).resolve().parent.parent.parent
PAGES = CHECKOUT / "build" / "faults"
_PROMISES = re.compile(r'^"""((?:R-\d\d(?:, )?)+)')


class Figures(NamedTuple):
    """One test: whether it passed, its seed ("-" where nothing was left to chance), seconds, and what it measured."""

    nodeid: str
    outcome: str
    seed: str
    seconds: float
    told: list[str]


def seed_of_this_run() -> int:
    """The seed given by RAPPORT_FAULT_SEED, else a new one."""
    given = os.environ.get("RAPPORT_FAULT_SEED")
    return int(given) if given else random.SystemRandom().randrange(1_000_000)


def size(*, commit: int, night: int, release: int) -> int:
    """The number that belongs to this run's size."""
    return {"C": commit, "N": night, "R": release}[_size()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what every fault test measured, its seed first, whether it passed or not; and keep it as a page."""
    found = list(_figures(terminalreporter))
    if not found:
        return
    terminalreporter.section("faults")
    for each in found:
        name = each.nodeid.rpartition("::")[2]
        seed = [] if each.seed == "-" else [SEED + each.seed]
        terminalreporter.write("".join(f"{name}: {line}\n" for line in (*seed, *each.told)))
    database = "PostgreSQL" if os.environ.get("RAPPORT_TEST_DATABASE") == "postgresql" else "SQLite"
    PAGES.mkdir(parents=True, exist_ok=True)
    (PAGES / f"{database}.md").write_text(page(found, database), "utf-8")
    pages = [(PAGES / f"{name}.md").read_text("utf-8") for name in ("SQLite", "PostgreSQL") if _is_there(name)]
    PAGES.with_suffix(".md").write_text("# Faults\n\n" + "\n".join(pages), "utf-8")


def page(found: list[Figures], database: str) -> str:
    """The newest run on one database, as a section in Markdown."""
    when, load = f"{datetime.now(UTC):%Y-%m-%d %H:%M}", os.getloadavg()[0]
    passed = sum(each.outcome == "passed" for each in found)
    lines = [
        f"## {database}",
        "",
        f"{when} UTC, size {_size()}, {passed} of {len(found)} passed, load {load:.0f} on {os.cpu_count()} cores.",
        f"`{SEED}<seed>` repeats a line.",
        "",
        "| promise | test | outcome | seed | s | what was seen |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for each in found:
        path, _, name = each.nodeid.partition("::")
        told = "; ".join(each.told).replace("|", "/")
        shown = name.removeprefix("test_").replace("_", " ")
        lines.append(f"| {promises(path)} | {shown} | {each.outcome} | {each.seed} | {each.seconds:.0f} | {told} |")
    return "\n".join(lines) + "\n"


def promises(path: str) -> str:
    """The rows of the reliability bar that a test file's first line names."""
    file = CHECKOUT / path
    found = _PROMISES.match(file.read_text("utf-8")) if file.is_file() else None
    return found[1] if found else ""


def _figures(terminalreporter: pytest.TerminalReporter) -> Iterator[Figures]:
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call" and any(name == FIGURE for name, _ in report.user_properties):
                told = [str(value) for name, value in report.user_properties if name == FIGURE]
                seed = next((line.removeprefix(SEED) for line in told if line.startswith(SEED)), "-")
                told = [line for line in told if not line.startswith(SEED)]
                yield Figures(report.nodeid, report.outcome, seed, report.duration, told)


def _size() -> str:
    return os.environ.get("RAPPORT_FAULT_SIZE", "C")


def _is_there(name: str) -> bool:
    return (PAGES / f"{name}.md").exists()
