"""A private PostgreSQL cluster in a temporary folder, as an unprivileged user when the tests run as root.

As a program it runs a command beside the cluster:  python -m tests.servers.postgresql -- pytest -q
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers import unprivileged
from tests.servers.ports import LOOPBACK, free_port, wait_until

OWNER = "rapport"
# Durability is the product's business on the real server; here only speed counts.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "listen_addresses": LOOPBACK,
    "jit": "off",
    # Plans must not depend on whether it passed by in the middle of a test.
    "autovacuum": "off",
}
FOR_TESTS_ONLY = {"fsync", "synchronous_commit", "full_page_writes", "autovacuum", "shared_buffers"}


def installed() -> Path | None:
    """The folder with initdb and postgres, the newest if there are several; None if PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("postgres")
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


@dataclass
class Cluster:
    """A running cluster. `url(name)` is what RAPPORT_DATABASE_URL takes."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    stays: bool = False

    @classmethod
    def start(cls, *, durable: bool = False, kept: Path | None = None) -> Cluster:
        """Create and start a cluster with an empty database `rapport`. Raises RuntimeError with the server's log.

        `durable`: with PostgreSQL's own settings for durability, for measurements. `kept`: a folder where its data
        lies or comes to lie, and stays.
        """
        programs = installed()
        if programs is None:
            raise RuntimeError("PostgreSQL is not installed (Debian: apt-get install postgresql)")
        user = unprivileged.account("postgres")
        folder = kept or unprivileged.folder_of(user, "rapport-pg-", on_disk=durable)
        if kept is not None:
            unprivileged.give(kept, user)
        data = folder / "data"
        is_new = not (data / "PG_VERSION").exists()
        if is_new:
            _run(
                [programs / "initdb", "-D", data, "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C", "-N"],
                unprivileged.identity(user),
            )
        port = free_port()
        chosen = {name: value for name, value in SETTINGS.items() if not (durable and name in FOR_TESTS_ONLY)}
        options = [f"--{name}={value}" for name, value in chosen.items()]
        log = (folder / "log").open("wb")
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, *options],
            stdout=log, stderr=log, cwd=folder, start_new_session=True, **unprivileged.identity(user),
        )  # fmt: skip
        cluster = cls(folder, port, process, stays=kept is not None)
        try:
            wait_until(cluster._ready, seconds=30, what="PostgreSQL answering")
        except (TimeoutError, RuntimeError) as error:
            text = (folder / "log").read_text()
            cluster.stop()
            raise RuntimeError(f"PostgreSQL did not start: {text}") from error
        if is_new:
            cluster.create_database("rapport")
        return cluster

    def url(self, database: str) -> str:
        """The address of a database of this cluster."""
        return f"postgresql://{OWNER}@{LOOPBACK}:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Create an empty database and return its address."""
        create_database(self.url("postgres"), name)
        return self.url(name)

    def stop(self) -> None:
        """Stop the server and remove its folder unless it stays; safe to call twice."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT if self.stays else signal.SIGQUIT)
            self.process.wait(timeout=120 if self.stays else 20)
        if not self.stays:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _ready(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError("the server ended")
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def create_database(server_url: str, name: str) -> None:
    """Create an empty database on the server that `server_url` (naming any existing database) points to."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def copy_database(server_url: str, source: str, name: str) -> None:
    """Create a database that holds what `source` holds, to which nobody is connected, on the same server."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(copied.format(sql.Identifier(name), sql.Identifier(source)))


def drop_database(server_url: str, name: str) -> None:
    """Remove a database and end its connections."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(command: list[str | Path], identity: unprivileged.Identity) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **identity)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")


def main(arguments: list[str]) -> int:
    """Start a cluster, run the command with RAPPORT_DATABASE_URL set, stop the cluster; the command's exit code."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("usage: python -m tests.servers.postgresql -- command …", file=sys.stderr)
        return 2
    try:
        cluster = Cluster.start()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 3
    # An interrupt reaches the command too (a handler, unlike SIG_IGN, is not inherited); it ends first, then the cluster.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        extra = {"RAPPORT_DATABASE_URL": cluster.url("rapport"), "RAPPORT_TEST_DATABASE": "postgresql"}
        child = subprocess.Popen(command, env={**os.environ, **extra})
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        return child.wait()
    finally:
        cluster.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
