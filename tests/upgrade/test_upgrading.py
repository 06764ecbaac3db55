"""Upgrade: archives of earlier schemas come up to date with every row, and a killed migration goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.backups import looking
from tests.faults import installation
from tests.servers.commands import CHECKOUT, COMMAND
from tests.servers.product import Product
from tests.upgrade.record import HERE, furnished, record

KIND = "postgresql" if os.environ.get("RAPPORT_TEST_DATABASE") == "postgresql" else "sqlite"
ARCHIVES = sorted(HERE.glob(f"*-{KIND}.tar.gz"))
# The schema as it was before the first migration that changes tables with rows in them.
OLDEST: dict[str, str | None] = {"people": "0002_built_in_roles", "conversations": "0001_initial", "watching": None}
# Written by the restore, or by migrations for themselves; built-in roles get the rights that came since.
CHANGED = {"people_installation", "events_event", "django_migrations", "people_roleright"}
# Columns, indexes, triggers and their functions, as rows of texts.
SCHEMA = {
    "sqlite": (
        "SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
        "SELECT tbl_name, name, coalesce(sql, '') FROM sqlite_master WHERE type IN ('index', 'trigger')",
    ),
    "postgresql": (
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0",
        "SELECT proname, prosrc, '' FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    ),
}


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A new installation of this version, with nothing to upgrade."""
    product = Product.new(tmp_path_factory.mktemp("today"), tables=True)
    yield product
    product.remove()


@pytest.fixture(scope="module")
def old_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A backup of the oldest schema that today's migrations can lead back to."""
    folder = tmp_path_factory.mktemp("old")
    product = furnished(folder, mails=40)
    record(product, folder / "old.tar.gz", OLDEST)
    yield folder / "old.tar.gz"
    product.remove()


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Product]:
    product = Product.new(tmp_path / "bare")
    yield product
    product.remove()


def differing(archive: Path, product: Product) -> set[str]:
    """Tables of the archive whose rows are not those of the installation, columns added since left aside."""
    then: dict[str, Any] = looking.manifest(archive)["tables"]
    now = looking.sums_over(product, {name: table["columns"] for name, table in then.items()})
    return {name for name, table in then.items() if table != now.get(name)}


def schema(product: Product) -> set[tuple[str, ...]]:
    return {row for query in SCHEMA[KIND] for row in installation.rows(product, query) if row[0] != "cache"}


def test_there_is_an_archive_of_an_earlier_schema():
    assert ARCHIVES


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
def test_an_archive_of_an_earlier_version_comes_up_to_date_with_every_row(archive: Path, bare: Product, today: Product):
    done = bare.command("restore", str(archive))
    assert done.returncode == 0, done.stderr.decode()
    assert b"brought up to date" in done.stdout
    assert differing(archive, bare) <= CHANGED
    assert schema(bare) == schema(today), "was 0001 regenerated? see README.md beside this test"
    bare.start()


def test_the_schema_before_the_newest_migrations_comes_up_to_date_with_every_row(
    old_archive: Path, bare: Product, today: Product
):
    assert bare.command("restore", str(old_archive)).returncode == 0
    assert differing(old_archive, bare) <= CHANGED
    assert schema(bare) == schema(today)
    assert installation.rows(bare, "SELECT count(*) FROM people_installation WHERE held_since IS NOT NULL")[0][0] == 1


@pytest.mark.fault
def test_a_killed_migration_goes_on_where_it_was(old_archive: Path, bare: Product, rng):
    assert bare.command("restore", str(old_archive)).returncode == 0
    back = f"from django.db.migrations.executor import MigrationExecutor; MigrationExecutor(connection).migrate({list(OLDEST.items())!r})"
    kills = 0
    for _ in range(2):
        bare.python(f"from django.db import connection; {back}")
        kills += sum(_killed_migration(bare, rng.uniform(0.6, 2.5)) for _ in range(4))
        assert bare.command("migrate").returncode == 0
        assert differing(old_archive, bare) <= CHANGED
    assert kills


def _killed_migration(product: Product, seconds: float) -> bool:
    process = subprocess.Popen([*COMMAND, "migrate"], cwd=CHECKOUT, env=product.environment, start_new_session=True)
    time.sleep(seconds)
    still_running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return still_running
