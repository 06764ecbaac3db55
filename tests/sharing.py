"""Tests that share something dear to prepare run in one process, which prepares it once.

This is xdist's `--dist loadgroup`. Its own way, a mark that changes the names of the tests, has no effect under pytest 9.2,
and it would say nothing of it: here the process that hands out the tests knows the modules.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

# Six thousand attack strings go through the intake before the first page is looked at.
TOGETHER = ("tests/security/test_markup.py",)


class ByModule(LoadGroupScheduling):  # type: ignore[misc]
    """Each module of TOGETHER is one piece of work, every other test one of its own; the largest piece goes first."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if module in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)  # a run without xdist knows no such hook
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByModule | None:
    """xdist asks who hands out the tests."""
    return ByModule(config, log) if config.getvalue("dist") == "loadgroup" else None
