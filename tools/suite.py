"""Runs the suite as `make test` and `make faults` promise it, phase by phase, and says how long each took."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass

from tests.servers import postgresql
from tools.project import CHECKOUT

NO_TESTS_COLLECTED = 5
ORDINARY = "not (browser or journey or fault or corpora)"
ON_SECOND_DATABASE = f"database and {ORDINARY}"
STORIES = "(browser or journey) and not fault"
FAULTS = "fault"


@dataclass(frozen=True)
class Phase:
    """One run of pytest: which marks, on which database."""

    title: str
    marks: str
    database: str = "sqlite"

    def command(self, workers: int, extra: list[str]) -> list[str]:
        pytest = [sys.executable, "-m", "pytest", "-q", "-n", str(workers), "--dist", "worksteal", "-m", self.marks]
        if self.database == "postgresql":
            return [sys.executable, "-m", "tests.servers.postgresql", "--", *pytest, *extra]
        return [*pytest, *extra]


def phases(faults: bool) -> list[Phase]:
    """What is run, in order; the cheapest way to learn of a mistake comes first."""
    if faults:
        return [Phase("faults on SQLite", FAULTS), Phase("faults on PostgreSQL", FAULTS, "postgresql")]
    return [
        Phase("suite on SQLite", ORDINARY),
        Phase("suite on PostgreSQL", ON_SECOND_DATABASE, "postgresql"),
        Phase("journeys", STORIES),
    ]


def run(phase: Phase, workers: int, extra: list[str]) -> tuple[str, bool]:
    """Run one phase. Returns a line for the report and whether it counts as passed."""
    if phase.database == "postgresql" and postgresql.installed() is None:
        mandatory = os.environ.get("CI") == "true"
        return (
            f"{phase.title}: PostgreSQL is not installed, {'which CI demands' if mandatory else 'not run'}",
            not mandatory,
        )
    print(f"== {phase.title}", flush=True)
    started = time.monotonic()
    code = subprocess.run(phase.command(workers, extra), cwd=CHECKOUT, check=False).returncode
    passed = code == 0
    verdict = {0: "passed", NO_TESTS_COLLECTED: "FAILED, no such tests"}.get(code, f"FAILED ({code})")
    return f"{phase.title}: {verdict}, {time.monotonic() - started:.0f} s", passed


def main() -> int:
    """Run every phase even if one fails, so that one run shows all that is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", action="store_true", help="the fault tests instead of the suite")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest, after --")
    chosen = parser.parse_args()
    results = [run(phase, chosen.workers, chosen.pytest) for phase in phases(chosen.faults)]
    print("\n" + "\n".join(line for line, _ in results))
    return 0 if all(passed for _, passed in results) else 1


if __name__ == "__main__":
    sys.exit(main())
