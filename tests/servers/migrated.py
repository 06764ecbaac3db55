"""An empty database that has seen every migration, made once and copied for each installation that a test starts.

A run of the suite starts more than a hundred installations, and laying tables in each would take a second where many
run at once. The copies hold what `rapport migrate` leaves in a new data folder, no more: keys and files come with the first start.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers import postgresql
from tests.servers.alone import alone
from tests.servers.commands import CHECKOUT, COMMAND, environment

KEPT = CHECKOUT / "build" / "migrated"
NAME = "rapport.sqlite3"


@cache
def version() -> str:
    """Names the schema: changes with any migration of ours and with the packages, whose migrations run too."""
    recorded = sorted((CHECKOUT / "rapport/rows/recorded").glob("*.jsonl"))
    migrations = sorted(CHECKOUT.glob("rapport/*/migrations/*.py"))
    files = [*migrations, *recorded, CHECKOUT / "requirements" / "runtime.txt"]
    summed = hashlib.sha256()
    for file in files:
        summed.update(str(file.relative_to(CHECKOUT)).encode() + b"\0" + file.read_bytes())
    return summed.hexdigest()[:12]


def copy_sqlite(target: Path) -> None:
    """Put a database file with every migration there. Raises RuntimeError when the migrations fail."""
    kept = KEPT / f"{version()}.sqlite3"
    if not kept.exists():
        with alone(KEPT / "sqlite.lock"):
            if not kept.exists():
                _make_sqlite(kept)
    shutil.copyfile(kept, target)
    target.chmod(0o600)


def _make_sqlite(kept: Path) -> None:
    for old in KEPT.glob("*.sqlite3"):
        old.unlink()
    with tempfile.TemporaryDirectory(dir=KEPT) as home:
        _migrate({"RAPPORT_HOME": home})
        whole = Path(home) / "whole"
        with closing(sqlite3.connect(Path(home) / NAME)) as made, closing(sqlite3.connect(whole)) as copy:
            made.backup(copy)
        whole.rename(kept)


def create_postgresql(server: str, name: str) -> None:
    """Create a database with every migration on the server of this address. Raises RuntimeError when they fail."""
    template = f"migrated_{version()}"
    port = server.rpartition("/")[0].rpartition(":")[2]
    with alone(KEPT / f"postgresql-{port}.lock"):
        if not _exists(server, template):
            _make_template(server, template)
        # One after the other: PostgreSQL refuses to copy a template that somebody else is just copying from.
        postgresql.copy_database(server, template, name)


def _make_template(server: str, template: str) -> None:
    making = f"{template}_making"
    postgresql.drop_database(server, making)
    postgresql.create_database(server, making)
    with tempfile.TemporaryDirectory() as home:
        _migrate({"RAPPORT_HOME": home, "RAPPORT_DATABASE_URL": f"{server.rpartition('/')[0]}/{making}"})
    with psycopg.connect(server, autocommit=True) as connection:
        renamed = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(renamed.format(sql.Identifier(making), sql.Identifier(template)))


def _exists(server: str, name: str) -> bool:
    with psycopg.connect(server, autocommit=True) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _migrate(settings: dict[str, str]) -> None:
    done = subprocess.run(
        [*COMMAND, "migrate"], capture_output=True, text=True, cwd=CHECKOUT, check=False, env=environment(settings)
    )
    if done.returncode:
        raise RuntimeError(f"the migrations failed: {done.stderr or done.stdout}")
