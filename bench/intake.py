"""Intake against its floor: raw mail to committed, searchable conversation, one worker, rounds in turn.

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
from tests.servers.product import CHECKOUT, Product

INBOX = """
from rapport.channels.models import Inbox
from rapport.people.models import Team
team = Team.objects.create(name="Sales")
settings = {"transport": "folder"}
inbox = Inbox.objects.create(name="Shop", address="shop@florist.example", team=team, settings=settings)
print(inbox.pk)
"""
WAYS = ("floor", "plain", "two workers", "react")


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
    """The figures as a markdown table."""
    speeds, costs = [], []
    for name in chosen_databases(database):
        found = measure(name, mails=mails, rounds=rounds)
        floor, plain = found["floor"], found["plain"]
        ratio = report.median([one / other for one, other in zip(plain.speed, floor.speed, strict=True)])
        spread = f"{min(plain.speed):.0f} to {max(plain.speed):.0f}"
        middle = {way: report.median(figures.speed) for way, figures in found.items()}
        speeds.append([name, middle["floor"], middle["plain"], spread, ratio, middle["react"]])
        costs.append([name, *(report.median(found[way].cpu) for way in WAYS)])
    head = [
        "database",
        "floor, mails/s",
        "intake, mails/s",
        "its rounds",
        "ratio (median)",
        "intake and reactions, mails/s",
    ]
    cost_head = ["database", "floor, CPU ms a mail", "intake, CPU ms a mail", "intake and reactions, CPU ms a mail"]
    return (
        f"Intake, one worker, {mails} mails a round, medians of {rounds} rounds:\n\n{report.table(head, speeds)}\n\n"
        f"The same rounds in processor time (worker and parse child; the database server not counted):\n\n"
        f"{report.table(cost_head, costs)}\n"
    )


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
