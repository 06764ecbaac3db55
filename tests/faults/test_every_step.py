"""R-03: every step of what the product does fails in turn, by an error and by kill -9; nothing is lost, doubled or half.

The steps are counted by a run without a fault, so a new statement, file or network call is covered when it is written.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.faults import installation
from tests.faults.forking import Forker
from tests.faults.reporting import size
from tests.faults.stepping import changes_nothing
from tests.servers import postgresql
from tests.servers.product import Product
from tests.servers.scripted_smtp import ScriptedSmtp

MEMORY = Path("/dev/shm")
TOGETHER = "mails together"
WORKER_ACTS = (
    "a new mail", "an answer", TOGETHER, "what follows an arrival", "what follows a newsletter", "a release",
    "what follows a release",
)  # fmt: skip
VERBS = ("a reply", "a note", "a merge", "a split", "a closing", "an assignment", "a tag", "spam", "a snooze")


def one_word(name: str) -> str:
    """A scenario's name as a test's id, which a command line takes as it is."""
    return name.replace(" ", "-")


class Bench:
    """An installation that is put back before each run, and the process that does the acts in it."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.names: set[str] = set()
        self.forker = Forker("tests.faults.forked_steps", product)

    def do(self, scenario: str, what: str, **more: Any) -> dict[str, Any]:
        return self.forker.ask({"scenario": scenario, "do": what, **more})

    def act(self, scenario: str, *, mode: str = "count", at: int = 0) -> dict[str, Any]:
        return self.do(scenario, "act", mode=mode, at=at)

    def keep(self, name: str) -> None:
        """What is there now is what `put_back` puts back under this name."""
        self.names.add(name)
        self._copy(self.product.home, self._folder(name), self.product.database, self._database(name))

    def put_back(self, name: str) -> None:
        self._copy(self._folder(name), self.product.home, self._database(name), self.product.database)

    def close(self) -> None:
        self.forker.close()
        for name in self.names:
            if database := self._database(name):
                postgresql.drop_database(os.environ["RAPPORT_DATABASE_URL"], database)

    def _folder(self, name: str) -> Path:
        return self.product.home.with_name(name)

    def _database(self, name: str) -> str | None:
        return f"{self.product.database}_{name}" if self.product.database else None

    def _copy(self, source: Path, target: Path, database: str | None, copy: str | None) -> None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("run"))
        if self.product.database and database and copy:
            with psycopg.connect(os.environ["RAPPORT_DATABASE_URL"], autocommit=True) as server:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))
                how = "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
                server.execute(sql.SQL(how).format(sql.Identifier(copy), sql.Identifier(database)))


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """One installation for all scenarios: making its tables takes longer than any of them."""
    # In memory: what kill -9 leaves is the same, and putting an installation back some hundred times is not waited for.
    folder = MEMORY if MEMORY.is_dir() else tmp_path_factory.mktemp("steps")
    place = Path(tempfile.mkdtemp(prefix="rapport-steps-", dir=folder))
    product = installation.prepare(place / "installation")
    bench = Bench(product)
    bench.keep("bare")
    yield bench
    bench.close()
    product.remove()
    shutil.rmtree(place)


@pytest.fixture
def smtp():
    server = ScriptedSmtp(extensions=[b"8BITMIME"])
    server.start()
    yield server
    server.stop()


def set_up(bench: Bench, scenario: str, port: int = 1) -> tuple[list[str], Any, Any]:
    """Make the scenario's installation; its steps, and what is there before and after a run without a fault."""
    bench.put_back("bare")
    assert "port" in bench.do(scenario, "set up", port=port)
    bench.keep("before")
    before = bench.do(scenario, "finish", before=None)["left"]
    bench.put_back("before")
    done = bench.act(scenario)
    assert done["error"] == ""
    after = bench.do(scenario, "finish", before=before)["end"]
    assert after != before
    return done["names"], before, after


def broken_steps(names: list[str]) -> list[tuple[str, int]]:
    """Each mode at each step where it makes a difference.

    A statement that only reads fails alike on both databases: size C breaks it on SQLite alone.
    """
    modes = ("raise", "kill", "stay")[: size(commit=2, night=3, release=3)]
    is_second = os.environ.get("RAPPORT_TEST_DATABASE") == "postgresql" and size(commit=1, night=0, release=0)
    return [
        (mode, at)
        for mode in modes
        for at, name in enumerate(names, start=1)
        if not changes_nothing(name) or (mode != "kill" and not is_second)
    ]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("scenario", WORKER_ACTS, ids=one_word)
def test_what_the_worker_does_is_done_in_the_end_whatever_step_fails(bench, tell, scenario):
    names, before, after = set_up(bench, scenario)
    seen, killed = {freeze(before), freeze(after)}, {freeze(before), freeze(after)}
    for mode, at in broken_steps(names):
        if mode != "kill" and scenario == TOGETHER:
            continue  # one that failed comes after the others then, and gets another number (test_grouping)
        bench.put_back("before")
        bench.act(scenario, mode=mode, at=at)
        told = bench.do(scenario, "finish", before=before)
        place = f"{mode} at step {at}, {names[at - 1]}"
        assert differences(after, told["end"]) == [], place
        (killed if mode == "kill" else seen).add(freeze(told["left"]))
    tell(f"{scenario}: {told_of(names)}; {len(seen | killed)} states seen")
    assert len(killed) <= allowed(scenario), "a kill left something half done"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("scenario", VERBS, ids=one_word)
def test_what_a_person_does_is_done_or_refused_and_never_half(bench, tell, scenario):
    names, before, after = set_up(bench, scenario)
    for mode, at in broken_steps(names):
        bench.put_back("before")
        outcome = bench.act(scenario, mode=mode, at=at)
        told = bench.do(scenario, "finish", before=before)
        place = f"{mode} at step {at}, {names[at - 1]}"
        came_of_it = before if outcome.get("error") else after if "error" in outcome else None
        if came_of_it is not None:
            assert differences(came_of_it, told["left"]) == [], f"{place}: {outcome['error'] or 'no refusal'}"
        else:
            assert told["left"] in (before, after), place
        assert differences(after, told["end"]) == [], place
    tell(f"{scenario}: {told_of(names)}")


@pytest.mark.timeout(900)
def test_a_reply_leaves_once_or_a_person_is_asked(bench, tell, smtp):
    scenario = "a sending"
    names, _, after = set_up(bench, scenario, port=smtp.port)
    assert states(after) == ["sent"]
    ends: Counter[str] = Counter()
    *_, handed_over, _goodbye = (number for number, name in enumerate(names, start=1) if name == "send")
    for mode, at in broken_steps(names):
        bench.put_back("before")
        smtp.taken.clear()
        bench.act(scenario, mode=mode, at=at)
        [state] = states(bench.do(scenario, "finish", before=None)["end"])
        place = f"{mode} at step {at}, {names[at - 1]}: {state}, {len(smtp.taken)} taken"
        ends[state] += 1
        assert (state, len(smtp.taken)) in {("sent", 1), ("possibly_sent", 0), ("possibly_sent", 1)}, place
        if mode == "raise" and at < handed_over and "UPDATE" not in names[at - 1] and names[at - 1] != "COMMIT":
            assert state == "sent", f"{place}: nothing had left, so nobody need be asked"
    tell(f"{scenario}: {told_of(names)}: {dict(ends)}")


def test_every_scenario_is_broken(bench):
    from tests.faults import scenarios

    assert set(scenarios.SCENARIOS) == {*WORKER_ACTS, *VERBS, "a sending"}


def states(facts: dict[str, Any]) -> list[str]:
    columns, rows = facts["outbox_delivery"]
    return [row[columns.index("state")] for row in rows if row[columns.index("step")] == "send"]


def freeze(facts: Any) -> str:
    return json.dumps(facts, sort_keys=True)


def differences(wanted: dict[str, Any], found: dict[str, Any]) -> list[Any]:
    """The tables that are not as they should be: what is missing and what is too much."""
    told = []
    for table, content in wanted.items():
        ours, theirs = rows(content), rows(found[table])
        if ours != theirs:
            told.append((table, [row for row in ours if row not in theirs], [row for row in theirs if row not in ours]))
    return told


def rows(table: Any) -> Any:
    """The rows of a table of `facts`; on PostgreSQL without their own numbers, of which an undone act leaves gaps."""
    if not (table and isinstance(table[0], list) and isinstance(table[1], list)):
        return table
    columns, content = table
    has_gaps = os.environ.get("RAPPORT_TEST_DATABASE") == "postgresql" and columns[0] == "id"
    return [row[1:] for row in content] if has_gaps else content


def allowed(scenario: str) -> int:
    from tests.faults import scenarios

    return scenarios.SCENARIOS[scenario].states


def told_of(names: list[str]) -> str:
    kinds = Counter(
        "network" if name in ("send", "receive") or name.startswith("socket") else "files" if name[0].islower() else "statements"
        for name in names
    )  # fmt: skip
    return f"{len(names)} steps ({', '.join(f'{count} {kind}' for kind, count in kinds.most_common())})"
