"""Prepares the environment before Django reads its settings (loaded by `-p` in pyproject.toml).

Every test process gets its own data folder. `RAPPORT_TEST_DATABASE=postgresql` runs the suite on PostgreSQL: on the
cluster `RAPPORT_DATABASE_URL` names, else on a private one that lives as long as this process.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

KEPT = {"RAPPORT_FAULT_SIZE", "RAPPORT_FAULT_SEED"}


def prepare() -> None:
    """Set RAPPORT_HOME and the database, and drop every other Rapport setting of the caller's shell."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    on_postgresql = os.environ.get("RAPPORT_TEST_DATABASE") == "postgresql"
    database_url = os.environ.get("RAPPORT_DATABASE_URL") if on_postgresql else None
    for name in list(os.environ):
        if name.startswith("RAPPORT_") and not name.startswith("RAPPORT_TEST_") and name not in KEPT:
            del os.environ[name]

    folder = Path(os.environ["RAPPORT_TEST_FOLDER"]) if worker else _new_folder()
    home = folder / (worker or "main")
    home.mkdir(mode=0o700, exist_ok=True)
    os.environ["RAPPORT_HOME"] = str(home)
    if on_postgresql:
        os.environ["RAPPORT_DATABASE_URL"] = database_url or _private_cluster()


def _new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="rapport-tests-"))
    os.environ["RAPPORT_TEST_FOLDER"] = str(folder)
    owner = os.getpid()

    def remove() -> None:
        # A forked child inherits this handler and must not remove its parent's folder.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def _private_cluster() -> str:
    from tests.servers.postgresql import Cluster

    cluster = Cluster.start()
    owner = os.getpid()
    atexit.register(lambda: cluster.stop() if os.getpid() == owner else None)
    return cluster.url("rapport")


prepare()
