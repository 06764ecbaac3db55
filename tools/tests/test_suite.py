"""`make test` runs what it promises."""

from __future__ import annotations

import os
import subprocess

import pytest

from tools import suite
from tools.project import CHECKOUT


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


@pytest.fixture
def checkout(monkeypatch, tmp_path):
    """An empty project with pytest's own settings, in which a phase runs."""
    monkeypatch.setattr("tools.suite.CHECKOUT", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


@pytest.fixture(autouse=True)
def kept(monkeypatch, tmp_path):
    """Nothing of a test's run is left beside what the real runs leave."""
    monkeypatch.setattr("tools.suite.KEPT", tmp_path / "suite")


def test_what_touches_the_database_runs_on_both_then_the_journeys():
    sqlite, postgresql, journeys = suite.phases(faults=False)
    assert postgresql.marks == f"database and {sqlite.marks}"
    assert "tests.servers.postgresql" in postgresql.command(2, 7, [])
    assert journeys.marks == suite.STORIES


def test_journeys_and_faults_look_at_their_own_files_alone():
    journeys = suite.phases(faults=False)[-1]
    for phase, some in (
        (journeys, ("tests/journeys/test_board.py", "rapport/desk/tests/test_passkeys.py")),
        (suite.phases(faults=True)[1], ("tests/faults/test_bombs.py", "tests/upgrade/test_upgrading.py")),
    ):
        command = phase.command(2, 7, [])
        assert set(some) <= set(command)
        assert "tools/tests/test_suite.py" not in command
        assert all((CHECKOUT / file).exists() for file in phase.files)
    assert suite.phases(faults=False)[0].files == []


@pytest.mark.any_database
def test_what_is_decided_before_any_row_is_read_runs_once(db, request):
    assert request.node.get_closest_marker("database") is None


@pytest.mark.parametrize("place", [None, "roomy"])
def test_temporary_folders_lie_in_memory_where_there_is_room_and_go(monkeypatch, tmp_path, place):
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr("tests.servers.memory.place", lambda: place and tmp_path)
    with suite.in_memory():
        assert [str(path) for path in tmp_path.iterdir()] == ([os.environ["TMPDIR"]] if place else [])
    assert not [*tmp_path.iterdir()]
    assert "TMPDIR" not in os.environ


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
    assert suite.run(suite.Phase("a phase", "x"), 1, 7, [])[1] is passed


@pytest.mark.parametrize(("ci", "passed"), [("true", False), ("", True)])
def test_a_missing_postgresql_is_a_failure_in_ci_only(monkeypatch, without_postgresql, ci, passed):
    monkeypatch.setenv("CI", ci)
    commands = ending_with(monkeypatch, 0)
    line, verdict = suite.run(suite.Phase("a phase", "x", "postgresql"), 1, 7, [])
    assert (verdict, commands) == (passed, [])
    assert "not installed" in line


def test_a_test_that_passes_when_run_again_is_named_and_the_phase_fails_all_the_same(checkout, monkeypatch, capfd):
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # the inner run has no workers
    (checkout / "test_one.py").write_text(
        "from pathlib import Path\n"
        "seen = Path(__file__).with_name('seen')\n"
        "def test_good():\n    pass\n"
        "def test_flaky():\n    known, _ = seen.exists(), seen.touch()\n    assert known\n"
        "def test_broken():\n    assert False\n"
    )
    phase = suite.Phase("a phase", "")
    line, passed = suite.run(phase, 0, 7, ["-p", "tests.order"])
    assert not passed
    assert "FLAKY, passed when run again alone: test_one.py::test_flaky" in line
    assert "test_broken" not in line
    assert "seed 7" in line
    assert "before it in main" in capfd.readouterr().out
    assert (phase.folder / "main.txt").read_text().startswith("test_one.py::test_good\ntest_one.py::test_flaky\n")


def test_chance_is_the_same_for_every_run_of_a_commit(monkeypatch):
    monkeypatch.delenv("RAPPORT_FAULT_SIZE", raising=False)
    assert suite.usual_seed() == suite.usual_seed()
