"""Runs the suite as `make test` and `make faults` promise it, phase by phase, and says how long each took.

A test that fails and passes alone right after is named FLAKY, and the phase fails all the same: it is a bug of first
rank. The run can be repeated: chance comes from a seed (of the commit, so that one commit gives one verdict), and the
order in which every worker ran its tests is kept below build/suite/.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.kinds import FAULTS_AMONG, STORIES_AMONG, is_among
from tests.order import FOLDER as ORDER
from tests.servers import memory, postgresql
from tools.project import CHECKOUT

KEPT = CHECKOUT / "build" / "suite"
NO_TESTS_COLLECTED = 5
TESTS_FAILED = 1
RUN_AGAIN = 20  # when more tests fail, something is broken, not flaky
SLOWEST = ["--durations=10", "--durations-min=0.5"]
ORDINARY = "not (browser or journey or fault or corpora)"
ON_SECOND_DATABASE = f"database and {ORDINARY}"
STORIES = "(browser or journey) and not fault"
FAULTS = "fault"
TESTS = ("rapport", "tests", "tools")


@dataclass(frozen=True)
class Phase:
    """One run of pytest: which marks, on which database. `among`: the folder and the marks that a file must have or
    name to be looked at; otherwise every worker spends seconds on tests that it will not run."""

    title: str
    marks: str
    database: str = "sqlite"
    among: tuple[str, ...] = ()
    # `loadgroup`: see tests/sharing.py.
    dist: str = "worksteal"

    @property
    def folder(self) -> Path:
        """Where the run leaves what a repetition needs."""
        return KEPT / self.title.lower().replace(" ", "-")

    @property
    def failed(self) -> set[str]:
        """The tests that failed in the last run, as pytest remembers them."""
        file = self.folder / "cache" / "v" / "cache" / "lastfailed"
        return set(json.loads(file.read_text())) if file.exists() else set()

    @property
    def files(self) -> list[str]:
        """The files among which its tests are; none when they are everywhere."""
        if not self.among:
            return []
        found = (path for top in TESTS for path in sorted((CHECKOUT / top).rglob("test_*.py")))
        return [str(path.relative_to(CHECKOUT)) for path in found if is_among(path, self.among)]

    def command(self, workers: int, seed: int, extra: list[str]) -> list[str]:
        """`workers`: 0 runs all in one process."""
        pytest = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-m", self.marks, f"--hypothesis-seed={seed}"]
        pytest += ["-o", "tmp_path_retention_policy=failed"]  # what is in memory goes when it has passed
        pytest += ["-o", f"cache_dir={self.folder / 'cache'}", "-n", str(workers), "--dist", self.dist, *extra]
        if self.dist == "load":
            pytest += ["--maxschedchunk", "1"]  # whoever is free takes the next: long tests begin first (conftest.py)
        pytest += self.files
        if self.database == "postgresql":
            return [sys.executable, "-m", "tests.servers.postgresql", "--", *pytest]
        return pytest


def phases(faults: bool) -> list[Phase]:
    """What is run, in order; the cheapest way to learn of a mistake comes first."""
    if faults:
        return [
            Phase("faults on SQLite", FAULTS, among=FAULTS_AMONG, dist="load"),
            Phase("faults on PostgreSQL", FAULTS, "postgresql", among=FAULTS_AMONG, dist="load"),
        ]
    return [
        Phase("suite on SQLite", ORDINARY),
        Phase("suite on PostgreSQL", ON_SECOND_DATABASE, "postgresql"),
        Phase("journeys", STORIES, among=STORIES_AMONG, dist="loadgroup"),
    ]


def run(phase: Phase, workers: int, seed: int, extra: list[str]) -> tuple[str, bool]:
    """Run one phase. Returns a line for the report and whether it counts as passed."""
    if phase.database == "postgresql" and postgresql.installed() is None:
        mandatory = os.environ.get("CI") == "true"
        return (
            f"{phase.title}: PostgreSQL is not installed, {'which CI demands' if mandatory else 'not run'}",
            not mandatory,
        )
    print(f"== {phase.title}", flush=True)
    shutil.rmtree(phase.folder, ignore_errors=True)
    phase.folder.mkdir(parents=True)
    started = time.monotonic()
    code = _pytest(phase, workers, seed, [*SLOWEST, *extra])
    took = time.monotonic() - started
    verdict = {0: "passed", NO_TESTS_COLLECTED: "FAILED, no such tests"}.get(code, f"FAILED ({code})")
    line = f"{phase.title}: {verdict}, {took:.0f} s"
    if code == TESTS_FAILED:
        line += "".join(f"\n  FLAKY, passed when run again alone: {name}" for name in flaky(phase, seed, extra))
        line += f"\n  seed {seed}; to run a worker's tests again in its order: pytest -n0 @{phase.folder}/gw0.txt"
    return line, code == 0


def flaky(phase: Phase, seed: int, extra: list[str]) -> list[str]:
    """Those of the failed tests that pass when they run once more, one after the other."""
    failed = phase.failed
    if not 0 < len(failed) <= RUN_AGAIN:
        return []
    print(f"== {phase.title}: what failed, once more", flush=True)
    _pytest(phase, 0, seed, ["--last-failed", "--last-failed-no-failures=none", *extra])
    return sorted(failed - phase.failed)


def _pytest(phase: Phase, workers: int, seed: int, extra: list[str]) -> int:
    environment = {**os.environ, ORDER: str(phase.folder), "PYTHONHASHSEED": str(seed)}
    environment.setdefault("RAPPORT_FAULT_SEED", str(seed))
    # What pytest makes of the tests' code costs each process some seconds unless it is kept.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run(phase.command(workers, seed, extra), cwd=CHECKOUT, env=environment, check=False).returncode


@contextmanager
def in_memory() -> Iterator[None]:
    """Temporary folders of the tests lie in memory where there is room for them; see tests/servers/memory.py."""
    place = memory.place()
    if place is None or "TMPDIR" in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="rapport-suite-", dir=place, ignore_cleanup_errors=True) as folder:
        os.environ["TMPDIR"] = folder
        try:
            yield
        finally:
            del os.environ["TMPDIR"]


def usual_workers() -> int:
    """Twice as many as there are cores: a third of a test's time is waiting for servers, pages, and restarts."""
    return 2 * (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2)


def usual_seed() -> int:
    """The same for every run of one commit; any number for the nights, and where there is no git."""
    if os.environ.get("RAPPORT_FAULT_SIZE", "C") != "C":
        return random.SystemRandom().randrange(16**7)
    try:
        asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
        return int(asked.stdout.strip()[:7], 16)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return random.SystemRandom().randrange(16**7)


def main() -> int:
    """Run every phase even if one fails, so that one run shows all that is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", action="store_true", help="the fault tests instead of the suite")
    parser.add_argument("--workers", type=int, default=usual_workers())
    parser.add_argument("--seed", type=int, default=usual_seed(), help="where chance begins")
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest, after --")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}, {chosen.workers} workers", flush=True)
    with in_memory():
        results = [run(phase, chosen.workers, chosen.seed, chosen.pytest) for phase in phases(chosen.faults)]
    print("\n" + "\n".join(line for line, _ in results))
    return 0 if all(passed for _, passed in results) else 1


if __name__ == "__main__":
    sys.exit(main())
