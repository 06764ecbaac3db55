"""Server time of the desk's pages, as an agent in 3 of 12 teams, at several numbers of conversations.

python -m bench.pages --sizes 10000,100000 --objects 500 --database both
python -m bench.pages --sizes 10000,1000000 --kept build/bench/kept/kept.json    (see bench.keeping)
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import crowd, keeping, report
from bench.client import Client
from bench.installations import Bench, bench, chosen_databases
from bench.intake import run_beside
from bench.seeding import ALSO_COMMON, COMMON, RARE
from tests.servers.commands import CHECKOUT
from tests.servers.ports import wait_until
from tests.servers.product import Product

AGENT = "agent1@bench.example"
WARM_UP = 25
AT_ONCE = 8
CROWD_SECONDS = 15.0
CROWDED = f"inbox list (page), {AT_ONCE} at once, two web processes"
VIEWS = ("open", "mine", "unassigned", "team:1", "team:2", "team:3", "waiting", "closed")
PLANS = CHECKOUT / "build" / "plans"
VISIBLE = """
import json, random
from rapport.conversations import access
from rapport.people.models import Account
account = Account.objects.get(email="agent1@bench.example")
visible = access.conversations_visible_to(account).filter(merged_into=None)
found = list(visible.values_list("pk", "status", "last_message_id", "last_message_at"))
open_ = [row for row in found if row[1] == "open"]
rng = random.Random(1)
print(json.dumps({"any": [row[0] for row in rng.sample(found, min(len(found), %(objects)d))],
    "open": [[row[0], row[2]] for row in rng.sample(open_, min(len(open_), %(objects)d))],
    "cursors": [f"{row[3].isoformat()}~{row[0]}" for row in rng.sample(open_, min(len(open_), %(objects)d))]}))
"""
LEFT = """
from rapport.conversations.models import Message
from rapport.events.models import Event
print(Message.objects.filter(state="held").count() + Event.objects.filter(handled=False).count())
"""
# The bars of the next issue at a million conversations: p50 and p95 in milliseconds.
BARS = {
    "inbox list (page)": (8, 20),
    "inbox list (further rows)": (8, 20),
    "one conversation (page)": (10, 25),
    "one conversation (part)": (10, 25),
    "counts": (3, 8),
    "today (page)": (20, 50),
    "bell (sheet)": (10, 25),
    "bell (number)": (3, 8),
    "search, rare word": (20, 60),
    "search, common word": (60, 150),
    "search, two common words, rare together": (60, 150),
    "posting a reply": (10, 25),
}


@dataclass(frozen=True)
class Figures:
    """Of one kind of request, in milliseconds: two percentiles as the client sees it, and the web process's own time."""

    p50: float
    p95: float
    cpu: float
    per_second: float = 0.0


def measure(product: Product, name: str, objects: int) -> dict[str, Figures]:
    """The figures of each kind of request, and the plans of the queries behind them in a file of this name."""
    PLANS.mkdir(parents=True, exist_ok=True)
    (PLANS / f"{name}.txt").write_text(run_beside(product, "bench.plans"))
    product.start()
    try:
        settle(product)
        found = visit(product, objects)
        settle(product)
        product.stop()
        product.settings["RAPPORT_WEB_PROCESSES"] = "2"
        product.start()
        settle(product)
        return found | {CROWDED: visit_at_once(product)}
    finally:
        product.kill_all()


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


def visit(product: Product, objects: int) -> dict[str, Figures]:
    """Ask for everything, a kind after the other, each after a warm-up, objects in random order."""
    chosen = json.loads(product.python(VISIBLE % {"objects": objects + WARM_UP}))
    client = Client(product, AGENT)
    found = {}
    for kind, asks in _requests(chosen).items():
        for ask in asks[:WARM_UP]:
            ask(client)
        client.times.clear()
        pids = [process.pid for process in product.processes() if "rapport-web" in process.title]
        spent = report.processor_seconds(*pids)
        for ask in asks[WARM_UP:]:
            ask(client)
        cpu = 1000 * (report.processor_seconds(*pids) - spent) / max(1, len(asks) - WARM_UP)
        found[kind] = Figures(*client.figures(kind), cpu)
    return found


def visit_at_once(product: Product) -> Figures:
    """List pages for eight at once, each view in turn."""
    client = Client(product, AGENT)
    paths = [f"/inbox/?view={view}" for view in VIEWS]
    for path in paths * 10:
        client.get(CROWDED, path)
    crowd.ask(product.port, client.cookie, paths, at_once=AT_ONCE, seconds=2)
    pids = [process.pid for process in product.processes() if "rapport-web" in process.title]
    spent = report.processor_seconds(*pids)
    came = crowd.ask(product.port, client.cookie, paths, at_once=AT_ONCE, seconds=CROWD_SECONDS)
    cpu = 1000 * (report.processor_seconds(*pids) - spent) / max(1.0, came.per_second * CROWD_SECONDS)
    return Figures(came.p50, came.p95, cpu, came.per_second)


def _requests(chosen: dict[str, list[Any]]) -> dict[str, list[Callable[[Client], object]]]:
    rng = random.Random(2)
    lists = [f"/inbox/?view={rng.choice(VIEWS)}" for _ in chosen["any"]]
    cursors = [rng.choice(chosen["cursors"]) for _ in chosen["any"]]
    searches = {
        "search, rare word": RARE,
        "search, common word": COMMON,
        "search, two common words, rare together": f"{COMMON} {ALSO_COMMON}",
    }
    return {
        "inbox list (page)": [partial(_get, "inbox list (page)", path) for path in lists],
        "inbox list (further rows)": [
            partial(_get, "inbox list (further rows)", f"/inbox/rows/?{urlencode({'view': 'open', 'after': cursor})}")
            for cursor in cursors
        ],
        **{
            kind: [partial(_get, kind, f"/conversations/{number}/", part=part) for number in chosen["any"]]
            for kind, part in (("one conversation (page)", False), ("one conversation (part)", True))
        },
        "counts": [partial(_get, "counts", "/inbox/counts/") for _ in chosen["any"]],
        **{
            kind: [partial(_get, kind, path)] * len(chosen["any"])
            for kind, path in (
                ("today (page)", "/today/"),
                ("board by status (page)", "/inbox/board/?view=open&by=status"),
                ("board by person (page)", "/inbox/board/?view=unassigned&by=assignee"),
                ("bell (sheet)", "/notifications/panel/"),
                ("bell (number)", "/notifications/count/"),
            )
        },
        **{
            kind: [partial(_get, kind, f"/search/?{urlencode({'q': query})}")] * (WARM_UP + 100)
            for kind, query in searches.items()
        },
        "posting a reply": [partial(_reply, number, seen) for number, seen in chosen["open"]],
    }


def _get(kind: str, path: str, client: Client, *, part: bool = False) -> None:
    client.get(kind, path, part=part)


def _reply(number: int, seen: int, client: Client) -> None:
    fields = {"body": "Thank you, we look into it.\n\nKind regards", "format": "text", "seen": seen}
    client.post("posting a reply", f"/conversations/{number}/replies/", fields)


def run(*, database: str, sizes: list[int], objects: int, kept: Path | None = None) -> str:
    """The figures as a markdown table a database; `kept`: of installations that bench.keeping keeps."""
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
                    found[size] = measure(product, f"{name}-{size}", objects)
        rows = [_row(kind, bar, [found[size][kind] for size in sizes]) for kind, bar in BARS.items()]
        sized = [text for size in sizes for text in (f"{size:,} conversations", "its CPU")]
        texts.append(report.table([name, *sized, "bar at 1,000,000", "p50, last to first"], rows))
        crowded = ", ".join(f"{found[size][CROWDED].per_second:.0f} at {size:,}" for size in sizes)
        costs = ", ".join(f"{found[size][CROWDED].cpu:.1f} ms" for size in sizes)
        texts.append(f"{CROWDED}: pages a second {crowded} (the bar is 200); processor time a page {costs}")
    return f"Pages, p50 / p95 in ms, an agent in 3 of 12 teams, {objects} objects:\n\n" + "\n\n".join(texts) + "\n"


def _row(kind: str, bar: tuple[int, int], figures: list[Figures]) -> list[object]:
    shown = [text for one in figures for text in (f"{one.p50:.1f} / {one.p95:.1f}", f"{one.cpu:.1f}")]
    return [kind, *shown, f"{bar[0]} / {bar[1]}", figures[-1].p50 / figures[0].p50]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--objects", type=int, default=500)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--kept", type=Path, help="kept.json of bench.keeping: nothing is seeded, nothing removed")
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    print(run(database=chosen.database, sizes=sizes, objects=chosen.objects, kept=chosen.kept))
    print(report.machine())


if __name__ == "__main__":
    main()
