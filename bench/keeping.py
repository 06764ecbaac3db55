"""Seeded installations that stay, so that a million conversations are seeded once and measured often.

python -m bench.keeping --sizes 10000,1000000 --database both      seeds what is missing, then keeps it until Ctrl-C
python -m bench.pages --kept build/bench/kept/kept.json            meanwhile, in another terminal
"""

from __future__ import annotations

import argparse
import fcntl
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.installations import PLACE, Bench, chosen_databases
from bench.intake import run_beside
from tests.servers.postgresql import Cluster
from tests.servers.product import Product

KEPT = PLACE / "kept"


@contextmanager
def borrowed(kept: Path, database: str, size: int) -> Iterator[Product]:
    """The kept installation of this database and size, brought up to date, for one at a time. It ends stopped.

    Raises LookupError when it is not there.
    """
    name = f"{database}-{size}"
    known = json.loads(kept.read_text())
    if name not in known:
        raise LookupError(f"{name} is none of the kept installations: {', '.join(known)}")
    settings = dict(known[name]["settings"])
    with (kept.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        product = Product(Path(known[name]["folder"]), int(settings["RAPPORT_PORT"]), settings)
        done = product.command("migrate")
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        try:
            yield product
        finally:
            product.kill_all()


def keep(sizes: list[int], databases: list[str]) -> None:
    """Seed what is missing and say where everything is, until somebody interrupts."""
    KEPT.mkdir(parents=True, exist_ok=True)
    list_of_all = KEPT / "kept.json"
    known = json.loads(list_of_all.read_text()) if list_of_all.exists() else {}
    with ExitStack() as stack:
        for database in databases:
            cluster = stack.enter_context(_cluster()) if database == "postgresql" else None
            place = Bench(database, KEPT, cluster)
            for size in sizes:
                name = f"{database}-{size}"
                known[name] = _renewed(known[name], cluster) if name in known else _seeded(place, size)
                list_of_all.write_text(json.dumps(known, indent=1))
                print(f"{name}: seeded in {known[name]['seconds']:.0f} s", file=sys.stderr, flush=True)
        print(f"Kept: {list_of_all}. Ctrl-C ends it.", file=sys.stderr, flush=True)
        threading.Event().wait()


def _seeded(place: Bench, size: int) -> dict[str, object]:
    started = time.monotonic()
    product = place.new()
    run_beside(product, "bench.seeding", str(size))
    return {
        "settings": product.settings, "folder": str(product.folder), "database": product.database,
        "seconds": time.monotonic() - started,
    }  # fmt: skip


def _renewed(known: dict[str, object], cluster: Cluster | None) -> dict[str, object]:
    """The same installation; its server may have started on another port."""
    settings = known["settings"]
    if cluster is not None and isinstance(settings, dict):
        settings["RAPPORT_DATABASE_URL"] = cluster.url(str(known["database"]))
    return known


@contextmanager
def _cluster() -> Iterator[Cluster]:
    cluster = Cluster.start(durable=True, kept=KEPT / "postgresql")
    try:
        yield cluster
    finally:
        cluster.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,1000000")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args()
    try:
        keep([int(size) for size in chosen.sizes.split(",")], chosen_databases(chosen.database))
    except KeyboardInterrupt:
        print("Ended; the data stays.", file=sys.stderr)


if __name__ == "__main__":
    main()
