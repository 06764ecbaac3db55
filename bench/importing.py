"""Customers by CSV: time, memory and statements, by the command and by the worker, with a kill on the way.

python -m bench.importing --rows 100000 --database sqlite      (or postgresql, or both)
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bench.installations import Bench, bench, chosen_databases
from tests.servers.commands import CHECKOUT, COMMAND
from tests.servers.product import Product

HEAD = ("E-Mail", "Vorname", "Nachname", "Telefon", "Firma", "Sprache", "VIP", "Vertrag")
EVERY_WRONG = 100
STATEMENT_ROWS = 1000
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
_ATTRIBUTE = """
from rapport.people import attributing
attributing.define(attributing.Described("Vertrag"), by=None)
"""
_COUNTED = """
import json, sys
from pathlib import Path
from django.db import connection
from rapport.people import importing
count = 0
def counting(execute, sql, params, many, context):
    global count
    count += 1
    return execute(sql, params, many, context)
run = importing.begin(Path({path!r}), kind="customers", filename="x.csv", by=None)
importing.set_mapping(run, run.mapping, region="DE", by=None)
importing.start(run, dry=False, by=None)
importing.claim(run)
with connection.execute_wrapper(counting):
    importing.go_on(run)
print(json.dumps([count, run.position]))
"""
_BEGIN = """
from pathlib import Path
from rapport.people import importing
run = importing.begin(Path({path!r}), kind="customers", filename="x.csv", by=None)
importing.set_mapping(run, run.mapping, region="DE", by=None)
importing.start(run, dry=False, by=None)
"""
_HOW_FAR = """
import json
from rapport.people.models import ImportRun
run = ImportRun.objects.latest("pk")
print(json.dumps([run.state, run.position, run.created, run.changed, run.unchanged, run.refused]))
"""


@dataclass(frozen=True)
class Measured:
    """One run: seconds by the clock, seconds of a processor, the greatest PSS in MB of the process that did it, its words."""

    what: str
    seconds: float
    processor: float
    memory: float
    said: str


def write(path: Path, rows: int, *, start: int = 0, tag: str = "") -> None:
    """A telecom's list: mobile numbers, a tenth with a company, one of a hundred wrong; `tag` changes a detail of all."""
    with path.open("w", newline="", encoding="utf-8") as opened:
        out = csv.writer(opened, delimiter=";")
        out.writerow(HEAD)
        for n in range(start, start + rows):
            email = f"kunde{n}@mail{n % 5000}.example" if n % EVERY_WRONG else f"kunde{n} at mail"
            firm = f"Firma {n % 900}" if n % 10 == 0 else ""
            out.writerow(
                [email, f"Vor{n % 700}", f"Nach{n}", f"0151 {n:08d}", firm, "de", "ja" * (n % 50 == 0), f"V-{n}{tag}"]
            )


def by_command(product: Product, path: Path, what: str) -> Measured:
    """`rapport import customers`, a process of its own."""
    began, most, used = time.monotonic(), 0.0, 0.0
    process = subprocess.Popen(
        [*COMMAND, "import", "customers", str(path), "--country", "DE"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=CHECKOUT, env=product.environment,
    )  # fmt: skip
    while process.poll() is None:
        most, used = max(most, pss(process.pid)), max(used, processor(process.pid))
        time.sleep(0.2)
    said = process.stdout.read().decode() if process.stdout else ""
    return Measured(what, time.monotonic() - began, used, most, said.partition("\n")[0])


def by_worker(product: Product, path: Path, *, kill: bool) -> Measured:
    """Handed to the worker of a running product; with `kill` that is ended by SIGKILL half way and starts again."""
    product.start()
    product.python(_BEGIN.format(path=str(path)))
    began, most, used, killed, so_far = time.monotonic(), 0.0, 0.0, False, [""]
    while so_far[0] not in ("done", "failed", "stopped"):
        time.sleep(1)
        worker = next((one for one in product.processes() if "rapport-worker" in one.title), None)
        most = max(most, pss(worker.pid) if worker else 0.0)
        used = max(used, processor(worker.pid) if worker else 0.0)
        so_far = json.loads(product.python(_HOW_FAR))
        if kill and not killed and so_far[1] > 0:
            product.kill("rapport-worker")
            killed = True
    product.stop()
    what = "worker, killed on the way" if killed else "worker"
    return Measured(what, time.monotonic() - began, used, most, str(so_far))


def pss(pid: int) -> float:
    """MB of a process, shared pages by their part; 0 when it has gone."""
    try:
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def processor(pid: int) -> float:
    """Seconds of a processor that a process has used; 0 when it has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(place: Bench, rows: int) -> list[Measured]:
    """New, the same again, every row changed, by the worker with a kill; and statements a row."""
    product = place.new()
    product.python(_ATTRIBUTE)
    paths = [product.folder / name for name in ("first.csv", "other.csv", "third.csv", "few.csv")]
    write(paths[0], rows)
    write(paths[1], rows, tag="b")
    write(paths[2], rows, start=rows)
    write(paths[3], STATEMENT_ROWS, start=3 * rows)
    found = [by_command(product, paths[0], "new"), by_command(product, paths[0], "the same again")]
    found += [by_command(product, paths[1], "a detail of every row changed")]
    found += [by_worker(product, paths[2], kill=True)]
    for what in ("new", "the same again"):
        statements, position = json.loads(product.python(_COUNTED.format(path=str(paths[3]))).splitlines()[-1])
        found.append(
            Measured(f"statements a row, {what}", statements / position, 0.0, 0.0, f"{statements} for {position}")
        )
    place.remove(product)
    return found


def main() -> None:
    """Print a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--database", default="both", choices=("sqlite", "postgresql", "both"))
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for database in chosen_databases(chosen.database):
        with bench(database) as place:
            for one in measure(place, chosen.rows):
                print(
                    f"{database}: {one.what}: {one.seconds:.1f}, of a processor {one.processor:.1f}, PSS {one.memory:.0f} MB; {one.said}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
