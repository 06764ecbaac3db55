"""Keeps the order in which each process ran its tests: a failure says what ran before it, and can be replayed.

pytest -n0 @build/suite/<phase>/gw1.txt
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

FOLDER = "RAPPORT_TEST_ORDER"
SHOWN = 5
_ran: list[str] = []


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Called in the process that runs the test, just before it does."""
    _ran.append(item.nodeid)
    folder = os.environ.get(FOLDER)
    if folder:
        with (Path(folder) / f"{_process()}.txt").open("a") as file:
            file.write(item.nodeid + "\n")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure names the tests before it."""
    report = yield
    if report.failed:
        before = _ran[-SHOWN - 1 : -1]
        report.sections.append((f"before it in {_process()}", "\n".join([f"{len(_ran) - 1} tests, last:", *before])))
    return report


def _process() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")
