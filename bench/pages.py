"""Server time of the desk's pages, as an agent in 3 of 12 teams, at several numbers of conversations.

python -m bench.pages --sizes 10000,100000 --objects 500 --database both
python -m bench.pages --sizes 10000,1000000 --kept build/bench/kept/kept.json    (see bench.keeping)
python -m bench.pages … --only "one conversation,counts"    these kinds alone: no crowd, and no plans are written
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from bench import crowd, keeping, kinds, report
from bench.client import Client
from bench.installations import Bench, bench, chosen_databases
from bench.intake import run_beside
from bench.kinds import Ask
from tests.servers.commands import CHECKOUT
from tests.servers.ports import wait_until
from tests.servers.product import Product

WARM_UP = 25
AT_ONCE = 8
CROWD_SECONDS = 15.0
CROWDED = f"inbox list (page), {AT_ONCE} at once, two web processes"
PLANS = CHECKOUT / "build" / "plans"
CHOSEN = """
import json
from bench import kinds
print(json.dumps(kinds.objects(%(objects)d)))
"""
LEFT = """
from datetime import timedelta
from rapport.kit import clock
from rapport.conversations.models import Message
from rapport.events.models import Event
print(Message.objects.filter(state="held", release_at__lt=clock.now() + timedelta(minutes=5)).count() + Event.objects.filter(handled=False).count())
"""


@dataclass(frozen=True)
class Figures:
    """Of one kind of request, in milliseconds: two percentiles as the client sees it, the web process's own time, and what
    the percentiles may be at a million."""

    p50: float
    p95: float
    cpu: float
    bar: tuple[float, float] = (0, 0)
    per_second: float = 0.0


def measure(
    product: Product, name: str, objects: int, *, is_cold: bool = False, only: Sequence[str] = ()
) -> dict[str, Figures]:
    """The figures of each kind of request, and the plans of the queries behind them in a file of this name. `only`:
    parts of the names of the kinds that are asked for, and nothing else is done."""
    run_beside(product, "bench.furnishing")
    if not only:
        PLANS.mkdir(parents=True, exist_ok=True)
        (PLANS / f"{name}.txt").write_text(run_beside(product, "bench.plans"))
    for file in [product.home / "rapport.sqlite3", *_files_of_postgresql(product)]:
        _prepare(file, is_cold)
    product.start()
    try:
        settle(product)
        found = visit(product, objects, only)
        if only:
            return found
        settle(product)
        product.stop()
        product.settings["RAPPORT_WEB_PROCESSES"] = "2"
        product.start()
        settle(product)
        return found | {CROWDED: visit_at_once(product)}
    finally:
        product.kill_all()


def _prepare(file: Path, is_cold: bool) -> None:
    """Have the system hold a file of the database in memory, as it does where people have worked for some hours; or
    nothing of it."""
    if not file.exists():
        return
    with file.open("rb", buffering=0) as opened:
        if is_cold:
            os.fsync(opened.fileno())
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return
        while opened.read(8 * 1024 * 1024):
            pass


def _files_of_postgresql(product: Product) -> list[Path]:
    """The files of the installation's own database; none on SQLite. The server's own memory is as the warm-up leaves it."""
    address = product.settings.get("RAPPORT_DATABASE_URL")
    if address is None:
        return []
    with psycopg.connect(address) as connection:
        place = connection.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return sorted(Path(place[0], "base", str(place[1])).iterdir()) if place else []


def settle(product: Product) -> None:
    """Wait until replies of an earlier run have gone out and everything that happened is handled: none of it is ours."""
    wait_until(lambda: product.python(LEFT).strip() == "0", seconds=180, what="a quiet installation", pause=2)


@contextmanager
def seeded(place: Bench, conversations: int) -> Iterator[Product]:
    """A new installation with so many conversations, removed at the end."""
    product = place.new()
    try:
        started = time.monotonic()
        run_beside(product, "bench.seeding", str(conversations))
        print(f"  {place.database}: {conversations} seeded in {time.monotonic() - started:.0f} s", file=sys.stderr)
        yield product
    finally:
        place.remove(product)


def visit(product: Product, objects: int, only: Sequence[str] = ()) -> dict[str, Figures]:
    """Ask for everything (or `only` this), a kind after the other, each after a warm-up, objects in random order."""
    chosen = json.loads(product.python(CHOSEN % {"objects": objects + WARM_UP}))
    clients = {who: Client(product, who) for who in (kinds.AGENT, kinds.OWNER)}
    pids = [process.pid for process in product.processes() if "rapport-web" in process.title]
    found = {}
    for name, kind in kinds.kinds(chosen).items():
        if only and not any(part in name for part in only):
            continue
        warm_up = min(WARM_UP, len(kind.asks) // 3)
        for ask in kind.asks[:warm_up]:
            _ask("warm-up", ask, clients)
        spent = report.processor_seconds(*pids)
        for ask in kind.asks[warm_up:]:
            _ask(name, ask, clients)
        cpu = 1000 * (report.processor_seconds(*pids) - spent) / (len(kind.asks) - warm_up)
        times = [one for client in clients.values() for one in client.times.pop(name, [])]
        found[name] = Figures(
            1000 * report.percentile(times, 0.5), 1000 * report.percentile(times, 0.95), cpu, kind.bar
        )
    return found


def visit_at_once(product: Product) -> Figures:
    """List pages for eight at once, each view in turn."""
    client = Client(product, kinds.AGENT)
    paths = [f"/inbox/?view={view}" for view in kinds.LISTS]
    for path in paths * 10:
        client.get(CROWDED, path)
    crowd.ask(product.port, client.cookie, paths, at_once=AT_ONCE, seconds=2)
    pids = [process.pid for process in product.processes() if "rapport-web" in process.title]
    spent = report.processor_seconds(*pids)
    came = crowd.ask(product.port, client.cookie, paths, at_once=AT_ONCE, seconds=CROWD_SECONDS)
    cpu = 1000 * (report.processor_seconds(*pids) - spent) / max(1.0, came.per_second * CROWD_SECONDS)
    return Figures(came.p50, came.p95, cpu, per_second=came.per_second)


def _ask(name: str, ask: Ask, clients: dict[str, Client]) -> None:
    if ask.fields is None:
        clients[ask.who].get(name, ask.path, part=ask.part)
    else:
        clients[ask.who].post(name, ask.path, ask.fields)


def run(
    *,
    database: str,
    sizes: list[int],
    objects: int,
    kept: Path | None = None,
    is_cold: bool = False,
    only: Sequence[str] = (),
) -> str:
    """The figures as a markdown table a database; `kept`: of installations that bench.keeping keeps; `is_cold`: nothing of
    a database file lies in memory when it begins; `only`: see measure."""
    texts = []
    for name in chosen_databases(database):
        found = {}
        with ExitStack() as stack:
            opened: Callable[[int], AbstractContextManager[Product]]
            if kept is not None:
                opened = partial(keeping.borrowed, kept, name)
            else:
                opened = partial(seeded, stack.enter_context(bench(name)))
            for size in sizes:
                with opened(size) as product:
                    found[size] = measure(product, f"{name}-{size}", objects, is_cold=is_cold, only=only)
        rows = [_row(kind, [found[size][kind] for size in sizes]) for kind in found[sizes[0]] if kind != CROWDED]
        sized = [text for size in sizes for text in (f"{size:,} conversations", "its CPU")]
        texts.append(report.table([name, *sized, "bar at 1,000,000", "p50, last to first"], rows))
        if only:
            continue
        crowded = ", ".join(f"{found[size][CROWDED].per_second:.0f} at {size:,}" for size in sizes)
        costs = ", ".join(f"{found[size][CROWDED].cpu:.1f} ms" for size in sizes)
        texts.append(f"{CROWDED}: pages a second {crowded} (the bar is 200); processor time a page {costs}")
    return f"Pages, p50 / p95 in ms, an agent in 3 of 12 teams, {objects} objects:\n\n" + "\n\n".join(texts) + "\n"


def _row(kind: str, figures: list[Figures]) -> list[object]:
    bar, last = figures[-1].bar, figures[-1]
    shown = [text for one in figures for text in (f"{one.p50:.1f} / {one.p95:.1f}", f"{one.cpu:.1f}")]
    if last.p50 > bar[0] or last.p95 > bar[1]:
        shown[-2] = f"**{shown[-2]}**"
    return [kind, *shown, f"{bar[0]:g} / {bar[1]:g}", last.p50 / figures[0].p50]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--objects", type=int, default=500)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--kept", type=Path, help="kept.json of bench.keeping: nothing is seeded, nothing removed")
    parser.add_argument("--cold", action="store_true", help="begin with a database file that the system has forgotten")
    parser.add_argument("--only", default="", help="parts of the names of kinds, with commas between them")
    chosen = parser.parse_args()
    only = [part for part in chosen.only.split(",") if part]
    sizes = [int(size) for size in chosen.sizes.split(",")]
    print(
        run(
            database=chosen.database,
            sizes=sizes,
            objects=chosen.objects,
            kept=chosen.kept,
            is_cold=chosen.cold,
            only=only,
        )
    )
    print(report.machine())


if __name__ == "__main__":
    main()
