"""The real product in processes of its own, with a data folder of its own; any of them can be killed without warning.

product = Product.new(tmp_path, RAPPORT_DEMO="yes"); product.start()
product.kill("worker")          # kill -9
product.stop(); product.start() # the same data
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import commands, migrated, postgresql
from tests.servers.commands import CHECKOUT, COMMAND
from tests.servers.ports import LOOPBACK, free_port, wait_until


@dataclass(frozen=True)
class Process:
    """One process of the group: its id, its parent's, and its title: the name it gave itself, then its command line."""

    pid: int
    parent: int
    title: str


@dataclass
class Kept:
    """A data folder put aside, and on PostgreSQL a database with it."""

    home: Path
    database: str | None = None

    def remove(self) -> None:
        """Give the database back; the folder goes with what it lies in."""
        if self.database:
            postgresql.drop_database(os.environ["RAPPORT_DATABASE_URL"], self.database)


@dataclass
class Product:
    """One installation. `settings` are its RAPPORT_… variables."""

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ("run",)
    database: str | None = None

    def __post_init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def new(cls, folder: Path, *arguments: str, tables: bool = False, **settings: str) -> Product:
        """A new installation below the folder, not started; on PostgreSQL with a database of its own.

        `tables`: as `rapport migrate` would leave it, but for the keys; otherwise its database is empty.
        """
        port = free_port()
        (folder / "home").mkdir(parents=True, exist_ok=True)
        base = {
            "RAPPORT_HOME": str(folder / "home"),
            "RAPPORT_PORT": str(port),
            "RAPPORT_ALLOW_NETS": "127.0.0.0/8",
        }
        product = cls(folder, port, {**base, **settings}, arguments or ("run",))
        server = os.environ.get("RAPPORT_DATABASE_URL")
        if os.environ.get("RAPPORT_TEST_DATABASE") == "postgresql" and server:
            product.database = f"product_{uuid.uuid4().hex[:12]}"
            create = migrated.create_postgresql if tables else postgresql.create_database
            create(server, product.database)
            product.settings["RAPPORT_DATABASE_URL"] = server.rpartition("/")[0] + "/" + product.database
        elif tables:
            migrated.copy_sqlite(product.home / migrated.NAME)
        return product

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def home(self) -> Path:
        return Path(self.settings["RAPPORT_HOME"])

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of its processes: nothing of the tests' own settings; it trusts our certificates."""
        return commands.environment(self.settings)

    def start(self, *, seconds: float = 60.0) -> Product:
        """Start and wait for the first answer. Raises RuntimeError with its log."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*COMMAND, *self.arguments], stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=CHECKOUT,
                env=self.environment, start_new_session=True, preexec_fn=_hear_interrupts,
            )  # fmt: skip
        if "worker" not in self.arguments:
            try:
                wait_until(self._answers, seconds=seconds, what="the product's first answer")
            except TimeoutError as error:
                self.kill_all()
                raise RuntimeError(f"{error}:\n{self.log()}") from error
        return self

    def stop(self, *, seconds: float = 20.0) -> int:
        """Stop as Ctrl-C does and return the exit code. Raises TimeoutError if it does not end by itself."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGINT)
        try:
            code = self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            self.kill_all()
            raise TimeoutError(f"the product did not stop within {seconds:g} s:\n{self.log()}") from error
        self._process = None
        return code

    def processes(self) -> list[Process]:
        """The main process and all below it, parents first."""
        if self._process is None or self._process.poll() is not None:
            return []
        everyone = _all_processes()
        found = [process for process in everyone if process.pid == self._process.pid]
        for process in found:
            found.extend(child for child in everyone if child.parent == process.pid)
        return found

    def kill(self, which: str | int) -> int:
        """kill -9 one process, by its id or a part of its title; returns its id. Raises LookupError if there is none."""
        for process in self.processes():
            if process.pid == which or (isinstance(which, str) and which in process.title):
                os.kill(process.pid, signal.SIGKILL)
                return process.pid
        raise LookupError(f"no process {which!r} among {[process.title for process in self.processes()]}")

    def kill_all(self) -> None:
        """kill -9 everything at once, as a power cut does; the data stays. Safe to call when nothing runs."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGSTOP)
        pids = [process.pid for process in self.processes()] or [self._process.pid]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=10)
        self._process = None

    def restart(self) -> None:
        """Stop cleanly and start with the same data."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """End it in whatever state it is, and give its database back."""
        self.kill_all()
        if self.database:
            postgresql.drop_database(os.environ["RAPPORT_DATABASE_URL"], self.database)
            self.database = None

    def keep(self, folder: Path) -> Kept:
        """Its data as they are, put aside in a folder that is not there yet. It must not be running."""
        kept = Kept(shutil.copytree(self.home, folder))
        if self.database:
            kept.database = f"kept_{uuid.uuid4().hex[:12]}"
            postgresql.copy_database(os.environ["RAPPORT_DATABASE_URL"], self.database, kept.database)
        return kept

    def take(self, kept: Kept) -> None:
        """Become a copy of what was put aside; nothing may be in its data folder or database that is wanted."""
        shutil.copytree(kept.home, self.home, dirs_exist_ok=True)
        if self.database and kept.database:
            postgresql.drop_database(os.environ["RAPPORT_DATABASE_URL"], self.database)
            postgresql.copy_database(os.environ["RAPPORT_DATABASE_URL"], kept.database, self.database)

    def log(self) -> str:
        """All that its processes have printed."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def command(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run another `rapport` command on the same data, and return what it printed."""
        return self._run([*COMMAND, *arguments], stdin)

    def python(self, code: str) -> str:
        """Run Python beside the product, with Django ready, and return what it printed. Raises RuntimeError."""
        done = self._run([sys.executable, "-c", f"import django; django.setup()\n{code}"], b"")
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return done.stdout.decode()

    def _run(self, command: list[str], stdin: bytes) -> subprocess.CompletedProcess[bytes]:
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "rapport.config.settings"}
        return subprocess.run(
            command, input=stdin, capture_output=True, cwd=CHECKOUT, env=environment, timeout=300, check=False
        )

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"the product ended with {self._process.returncode}:\n{self.log()}")
        try:
            with urllib.request.urlopen(f"{self.url}/health/", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _hear_interrupts() -> None:
    """A test run in a shell's background ignores SIGINT, and so would what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _all_processes() -> list[Process]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            name = (folder / "comm").read_text(errors="replace").strip()
            found.append(Process(int(folder.name), parent, f"{name} {words}" if words else ""))
    return sorted(found, key=lambda process: process.pid)
