"""R-22: a backup while mail arrives is one moment of the installation, and no kill leaves half of anything."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.corpus import generate
from tests.backups import looking
from tests.faults import installation, ledger
from tests.faults.forking import Forker
from tests.faults.reporting import size
from tests.faults.source import Source
from tests.faults.stepping import changes_nothing
from tests.servers import postgresql
from tests.servers.commands import CHECKOUT, COMMAND
from tests.servers.ports import wait_until
from tests.servers.product import Product

# Tables that the restore itself writes to.
RESTORE_WRITES = {"people_installation", "events_event"}


@pytest.fixture
def make_bare(tmp_path: Path):
    """Makes places with nothing in them."""
    made: list[Product] = []

    def make() -> Product:
        made.append(Product.new(tmp_path / f"bare-{len(made)}"))
        return made[-1]

    yield make
    for product in made:
        product.remove()


def kill_after(product: Product, seconds: float, *arguments: str) -> bool:
    """Run a command and kill -9 it after so long; whether it was still running."""
    command = [*COMMAND, *arguments]
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=product.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return True
    return False


def seconds_of(run: Callable[[], subprocess.CompletedProcess[bytes]]) -> float:
    began = time.monotonic()
    done = run()
    assert done.returncode == 0, done.stderr.decode()
    return time.monotonic() - began


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_backup_under_load_comes_back_whole(make_installation, make_bare, rng, tell, tmp_path):
    mails = list(generate(size(commit=400, night=4000, release=20_000), seed=rng.randrange(10**9)))
    product = make_installation().start()
    source = Source(mails, installation.door_port(product))
    source.start()
    wait_until(lambda: len(source.acknowledged) > len(mails) // 4, seconds=300, what="a quarter of the mail")
    before = len(source.acknowledged)
    taken = seconds_of(lambda: product.command("backup", str(tmp_path / "x.tar.gz")))
    during = len(source.acknowledged) - before
    source.join(timeout=600)

    bare = make_bare()
    shutil.copy(product.home / "keys.json", bare.home / "keys.json")
    back = seconds_of(lambda: bare.command("restore", str(tmp_path / "x.tar.gz")))
    tell(f"{during} mails taken in during a backup of {taken:.1f} s; restored in {back:.1f} s")
    told, after = looking.manifest(tmp_path / "x.tar.gz"), looking.sums(bare, tmp_path / "again.tar")
    assert {name for name, table in told["tables"].items() if table != after[name]} <= RESTORE_WRITES
    assert all(path.endswith(sha256) for path, sha256 in looking.files(bare.home).items())
    assert (during > 0, told["missing"], told["damaged"]) == (True, [], {})
    # What had been acknowledged before the backup began is in the copy once it has done its work.
    bare.start()
    installation.wait_until_processed(bare, seconds=300)
    acknowledged = {token for token, _ in source.acknowledged[:before]}
    assert not acknowledged.intersection(ledger.judge(mails, bare).lost)


@pytest.mark.timeout(1800)
def test_a_killed_backup_leaves_nothing_that_looks_whole(make_installation, rng, tell, tmp_path):
    product = make_installation()
    fill(product, rng)
    target = tmp_path / "backups"
    target.mkdir()
    whole = seconds_of(lambda: product.command("backup", str(target)))
    first = list(target.glob("*.tar.gz"))
    kills = sum(
        kill_after(product, rng.uniform(0.3, whole), "backup", str(target))
        for _ in range(size(commit=8, night=60, release=200))
    )
    for path in target.glob("*.tar*"):
        assert product.command("backup", "--verify", str(path)).returncode == 0
    assert product.command("backup", str(tmp_path / "backups" / "last.tar")).returncode == 0
    tell(f"{kills} kills within {whole:.1f} s: {len(list(target.glob('*.tar.gz'))) - len(first)} archives, each whole")
    assert not [path for path in target.iterdir() if path.suffix not in (".gz", ".tar")]


@pytest.mark.timeout(1800)
def test_a_killed_restore_is_repeated_to_the_same_end(make_installation, make_bare, rng, tell, tmp_path):
    product = make_installation()
    fill(product, rng)
    archive = tmp_path / "x.tar.gz"
    product.command("backup", str(archive))
    whole = seconds_of(lambda: make_bare().command("restore", str(archive)))
    kills, told = 0, looking.manifest(archive)["tables"]
    for number in range(size(commit=6, night=40, release=150)):
        bare = make_bare()
        if not kill_after(bare, rng.uniform(0.3, whole * 1.1), "restore", str(archive)):
            continue
        kills += 1
        again = bare.command("restore", str(archive))
        assert again.returncode == 0 or b"already" in again.stderr, again.stderr.decode()
        after = looking.sums(bare, tmp_path / f"again-{number}.tar")
        assert {name for name, table in told.items() if table != after[name]} <= RESTORE_WRITES
        assert looking.files(bare.home) == looking.files(product.home)
        held = "SELECT count(*) FROM people_installation WHERE held_since IS NOT NULL"
        assert installation.rows(bare, held)[0][0] == 1
    tell(f"{kills} kills within {whole:.1f} s, each restore repeated to the end")


class Restorer:
    """A bare place and the process that restores into it."""

    def __init__(self, product: Product, archive: Path) -> None:
        self.product, self.archive = product, archive
        self.forker = Forker("tests.faults.forked_restore", product)
        self.keys = product.home / "keys.json"
        self.own_keys = self.keys.read_bytes()

    def restore(self, at: int = 0) -> dict[str, Any]:
        """Killed before step `at`, if it is given."""
        return self.forker.ask({"at": at, "archive": str(self.archive)})

    def empty(self) -> None:
        """Nothing but its own key file."""
        for left in self.product.home.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()
        self.keys.write_bytes(self.own_keys)
        self.keys.chmod(0o600)
        if self.product.database:
            postgresql.drop_database(os.environ["RAPPORT_DATABASE_URL"], self.product.database)
            postgresql.create_database(os.environ["RAPPORT_DATABASE_URL"], self.product.database)


def telling(names: list[str], rng: random.Random, *, most: int) -> list[int]:
    """The steps to be killed before: of what is repeated (files, rows, tables) the first and the last."""
    told = [number for number, name in enumerate(names, start=1) if not changes_nothing(name)]
    first, last = dict[str, int](), dict[str, int]()
    for number in told:
        first.setdefault(names[number - 1], number)
        last[names[number - 1]] = number
    # At the end, where files and database get their places, before each; or at least before those that place them.
    ending = [number for number in told if number >= len(names) - 16]
    placing = ending if most > len(ending) else [at for at in ending if names[at - 1] in ("os.rename", "COMMIT")]
    others = sorted({*first.values(), *last.values(), *ending} - set(placing))
    return sorted([*rng.sample(others, min(most, len(others))), *placing])


@pytest.mark.timeout(1800)
def test_a_restore_killed_before_any_of_its_steps_is_repeated_to_the_same_end(
    make_installation, make_bare, rng, tell, tmp_path
):
    product = make_installation()
    fill(product, rng, mails=12)
    archive = tmp_path / "x.tar"
    assert product.command("backup", str(archive), "--with-keys").returncode == 0
    restorer = Restorer(make_bare(), archive)
    home, told, files = restorer.product.home, looking.manifest(archive)["tables"], looking.files(product.home)
    orders = {name: table["columns"] for name, table in told.items()}
    wanted = {key["id"] for key in json.loads((product.home / "keys.json").read_text())["keys"]}
    # On PostgreSQL each restore makes all tables anew, and until the end it is one transaction.
    most = 3 if restorer.product.database else size(commit=30, night=200, release=200)
    chosen = telling(restorer.restore()["names"], rng, most=most)
    ended = Counter[str]()
    for number in chosen:
        restorer.empty()
        if not restorer.restore(number).get("killed"):
            continue  # a run may take fewer steps than the counted one: what it waits for differs
        again = restorer.restore()
        ended["repeated" if not again["refused"] else "was there"] += 1
        assert not again["refused"] or "already" in again["refused"], (number, again)
        assert looking.files(home) == files, number
        assert wanted <= {key["id"] for key in json.loads((home / "keys.json").read_text())["keys"]}, number
        after = looking.sums_over(restorer.product, orders)
        assert {name for name, table in told.items() if table != after[name]} <= RESTORE_WRITES, number
        assert not (home / ".restoring").exists(), number
    restorer.forker.close()
    tell(f"killed before {ended.total()} of its steps: {dict(ended)}")
    assert ended["repeated"] > 3
    assert restorer.product.database or ended["was there"] > 0


def test_a_restore_killed_at_once_takes_no_files_that_were_there_for_its_own(make_installation, make_bare, tmp_path):
    product, bare = make_installation(), make_bare()
    product.command("backup", str(tmp_path / "x.tar"))
    (bare.home / "files" / "ab").mkdir(parents=True)
    (bare.home / "files" / "ab" / "mine").write_text("mine")
    (bare.home / ".restoring").mkdir()  # as one leaves that was killed before it looked
    done = bare.command("restore", str(tmp_path / "x.tar"))
    assert (done.returncode, b"holds files already" in done.stderr) == (1, True)
    assert (bare.home / "files" / "ab" / "mine").read_text() == "mine"


@pytest.mark.parametrize("room", [100_000, 0], ids=["for the database", "for the archive"])
def test_no_room_is_said_and_leaves_nothing(make_installation, rng, tmp_path, room):
    product, target = make_installation(), tmp_path / "x.tar"
    fill(product, rng, mails=60)
    product.command("backup", str(tmp_path / "whole.tar"))
    room = room or (tmp_path / "whole.tar").stat().st_size - 50_000
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room})); "
    code = f"{limited}import sys; from rapport.config.command import main; sys.exit(main(['backup', {str(target)!r}]))"
    done = subprocess.run(
        [COMMAND[0], "-c", code], cwd=CHECKOUT, env=product.environment, capture_output=True, check=False
    )
    assert (done.returncode, b"No backup was made" in done.stderr, b"Traceback" in done.stderr) == (1, True, False)
    assert not [path for path in tmp_path.iterdir() if "x.tar" in path.name or path.name.startswith(".rapport")]


def fill(product: Product, rng: random.Random, mails: int = 300) -> None:
    """Mail that has arrived and was processed."""
    product.python(
        "from bench.corpus import generate\n"
        "from rapport.channels.models import Inbox\n"
        "from rapport.intake import processing\n"
        "from rapport.intake.accepting import Source, accept\n"
        f"for mail in generate({mails}, seed={rng.randrange(10**9)}):\n"
        "    accept(mail.raw, inbox=Inbox.objects.first(), source=Source('door'))\n"
        "while processing.process_due(50): pass\n"
    )
