"""Intake against its floor: raw mail to committed, searchable conversation, one worker and two, rounds in turn.

python -m bench.intake --mails 1000 --rounds 5 --database both;   --profile shows where the time goes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass, field

from bench import report
from bench.installations import Bench, bench, chosen_databases
from tests.servers.commands import CHECKOUT
from tests.servers.product import Product

INBOX = """
from rapport.channels.models import Inbox
from rapport.people.models import Team
team = Team.objects.create(name="Sales")
settings = {"transport": "folder"}
inbox = Inbox.objects.create(name="Shop", address="shop@florist.example", team=team, settings=settings)
print(inbox.pk)
"""
WAYS = ("floor", "plain", "two workers", "react")
# The least ratio to the floor that we hold ourselves to.
BARS = {
    "sqlite": {"plain": 0.20, "two workers": 0.35},
    "postgresql": {"plain": 0.15, "two workers": 0.28},
}


@dataclass
class Figures:
    """Of one way, a value a round: mails a second, and processor milliseconds a mail (the database server's apart)."""

    speed: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def measure(database: str, *, mails: int, rounds: int) -> dict[str, Figures]:
    """The figures of each way; the ways take turns within a round."""
    found = {way: Figures() for way in WAYS}
    with bench(database) as place:
        original = place.new()
        inbox = original.python(INBOX).strip()
        for number in range(rounds):
            for way in WAYS:
                seconds, cpu = _round(place, original, way, inbox=inbox, mails=mails, seed=number + 1)
                found[way].speed.append(mails / seconds)
                found[way].cpu.append(1000 * cpu / mails)
                line = (
                    f"  {database} round {number + 1} {way}: {mails / seconds:.0f} mails/s, {1000 * cpu / mails:.1f} ms"
                )
                print(line, file=sys.stderr, flush=True)
    return found


def _round(place: Bench, original: Product, way: str, *, inbox: str, mails: int, seed: int) -> tuple[float, float]:
    product = place.copy(original)
    try:
        url = product.settings.get("RAPPORT_DATABASE_URL", "")
        if way == "floor":
            output = run_beside(product, "bench.floor", str(product.home), url, inbox, str(mails), str(seed))
        elif way == "two workers":
            output = run_beside(product, "bench.intake_pair", str(mails), str(seed))
        else:
            output = run_beside(product, "bench.intake_round", way, str(mails), str(seed))
        figures = json.loads(output.splitlines()[-1])
        return figures["seconds"], figures["cpu"]
    finally:
        place.remove(product)


def run_beside(product: Product, module: str, *arguments: str) -> str:
    """Run one of our modules in the installation's environment; what it printed. Raises RuntimeError."""
    environment = {**product.environment, "DJANGO_SETTINGS_MODULE": "rapport.config.settings"}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} {arguments}: {done.stderr or done.stdout}")
    return done.stdout


def profile(database: str, *, mails: int) -> str:
    """The profile of one round of the product's intake."""
    with bench(database) as place:
        product = place.new()
        product.python(INBOX)
        return run_beside(product, "bench.intake_round", "profile", str(mails), "1")


def run(*, database: str, mails: int, rounds: int) -> str:
    """The figures as markdown tables."""
    speeds: list[list[object]] = []
    costs: list[list[object]] = []
    for name in chosen_databases(database):
        found = measure(name, mails=mails, rounds=rounds)
        row: list[object] = [name, _spread(found["floor"])]
        for way, bar in BARS[name].items():
            row += [_spread(found[way]), _ratio(found[way], found["floor"]), bar]
        speeds.append([*row, _spread(found["react"])])
        costs.append([name, *(report.median(found[way].cpu) for way in WAYS)])
    head = [
        "mails/s: median (rounds)",
        "floor",
        *("one worker", "ratio", "bar"),
        *("two workers", "ratio", "bar"),
        "one worker, with reactions",
    ]
    return (
        f"Intake, {mails} mails a round, {rounds} rounds, ratios to the floor of the same round (median):\n\n"
        f"{report.table(head, speeds)}\n\n"
        f"The same rounds in processor time, ms a mail (workers and parse children; the database server not counted):\n\n"
        f"{report.table(['database', *WAYS], costs)}\n"
    )


def _spread(figures: Figures) -> str:
    return f"{report.median(figures.speed):.0f} ({min(figures.speed):.0f} to {max(figures.speed):.0f})"


def _ratio(figures: Figures, floor: Figures) -> float:
    return report.median([one / other for one, other in zip(figures.speed, floor.speed, strict=True)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()
    if chosen.profile:
        for name in chosen_databases(chosen.database):
            print(f"== {name}\n{profile(name, mails=chosen.mails)}")
        return
    print(run(database=chosen.database, mails=chosen.mails, rounds=chosen.rounds))
    print(report.machine())


if __name__ == "__main__":
    main()
