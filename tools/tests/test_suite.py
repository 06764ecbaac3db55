"""`make test` runs what it promises."""

from __future__ import annotations

import subprocess

import pytest

from tools import suite


@pytest.fixture
def without_postgresql(monkeypatch):
    monkeypatch.setattr("tests.servers.postgresql.installed", lambda: None)


def ending_with(monkeypatch, code):
    """Make every command end with this code and return the list they are noted in."""
    commands = []

    def run(command, **_):
        commands.append(command)
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr("tools.suite.subprocess.run", run)
    return commands


def test_the_same_tests_run_on_both_databases_then_the_journeys():
    sqlite, postgresql, journeys = suite.phases(faults=False)
    assert sqlite.marks == postgresql.marks == suite.ORDINARY
    assert "tests.servers.postgresql" in postgresql.command(2, [])
    assert postgresql.command(2, ["-x"])[-len(sqlite.command(2, ["-x"])) :] == sqlite.command(2, ["-x"])
    assert journeys.marks == suite.STORIES


@pytest.mark.parametrize(("code", "passed"), [(0, True), (1, False), (suite.NO_TESTS_COLLECTED, False)])
def test_only_tests_that_ran_and_passed_count(monkeypatch, code, passed):
    ending_with(monkeypatch, code)
    assert suite.run(suite.Phase("a phase", "x"), 1, [])[1] is passed


@pytest.mark.parametrize(("ci", "passed"), [("true", False), ("", True)])
def test_a_missing_postgresql_is_a_failure_in_ci_only(monkeypatch, without_postgresql, ci, passed):
    monkeypatch.setenv("CI", ci)
    commands = ending_with(monkeypatch, 0)
    line, verdict = suite.run(suite.Phase("a phase", "x", "postgresql"), 1, [])
    assert (verdict, commands) == (passed, [])
    assert "not installed" in line
