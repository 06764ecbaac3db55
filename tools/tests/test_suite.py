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


def test_what_touches_the_database_runs_on_both_then_the_journeys():
    sqlite, postgresql, journeys = suite.phases(faults=False)
    assert postgresql.marks == f"database and {sqlite.marks}"
    assert "tests.servers.postgresql" in postgresql.command(2, [])
    assert journeys.marks == suite.STORIES


def test_a_test_without_the_database_runs_once(request):
    assert request.node.get_closest_marker("database") is None


def test_a_test_that_asks_for_the_database_runs_on_both(db, request):
    assert request.node.get_closest_marker("database")


@pytest.mark.django_db
def test_a_test_that_is_marked_for_the_database_runs_on_both(request):
    assert request.node.get_closest_marker("database")


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
