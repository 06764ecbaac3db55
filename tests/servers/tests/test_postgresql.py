"""The private PostgreSQL cluster."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest

from tests.servers import postgresql
from tests.servers.absence import absent
from tests.servers.commands import CHECKOUT


@pytest.fixture(autouse=True)
def _needs_postgresql():
    if postgresql.installed() is None:
        absent("PostgreSQL is not installed (Debian: apt-get install postgresql)")


def test_a_cluster_is_unprivileged_private_and_gone_afterwards():
    cluster = postgresql.Cluster.start()
    with psycopg.connect(cluster.create_database("second")) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    assert os.stat(f"/proc/{cluster.process.pid}").st_uid != 0
    cluster.stop()
    assert not cluster.folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(cluster.url("rapport"), connect_timeout=1)


def test_the_program_runs_a_command_beside_a_cluster_and_hands_its_exit_code_on():
    code = "import os, psycopg, sys; psycopg.connect(os.environ['RAPPORT_DATABASE_URL']); sys.exit(7)"
    command = [sys.executable, "-m", "tests.servers.postgresql", "--", sys.executable, "-c", code]
    assert subprocess.run(command, cwd=CHECKOUT, check=False).returncode == 7
