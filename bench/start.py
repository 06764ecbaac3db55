"""Cold start: from the command to the first answered page, on a new data folder and on one that is up to date."""

from __future__ import annotations

import argparse
import time
import urllib.request

from bench import report
from bench.installations import Bench, bench, chosen_databases
from tests.servers.product import Product

BAR = 2.0


def seconds_to_first_page(product: Product) -> tuple[float, float]:
    """Start the product and wait for its sign-in page: seconds, and processor seconds of all. Stops it again."""
    started = time.perf_counter()
    product.start()
    with urllib.request.urlopen(f"{product.url}/accounts/login/", timeout=30) as answer:
        answer.read()
    seconds = time.perf_counter() - started
    cpu = report.processor_seconds(*(process.pid for process in product.processes()), with_ended=True)
    product.stop()
    return seconds, cpu


def measure(place: Bench, rounds: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Both kinds of seconds with an empty data folder, and with one that is up to date."""
    first, later = [], []
    for _ in range(rounds):
        product = place.bare()
        first.append(seconds_to_first_page(product))
        later.append(seconds_to_first_page(product))
        place.remove(product)
    return first, later


def run(*, database: str, rounds: int) -> str:
    """The figures as a markdown table."""
    rows = []
    for name in chosen_databases(database):
        with bench(name) as place:
            first, later = measure(place, rounds)
        for title, values in (("new data folder, with migration", first), ("up to date", later)):
            seconds, cpu = zip(*values, strict=True)
            rows.append([f"{name}, {title}", report.median(seconds), min(seconds), max(seconds), report.median(cpu)])
    head = ["cold start", f"median, s (bar: {BAR:g})", "shortest", "longest", "processor time, s"]
    return f"Cold start to the first answered page, {rounds} rounds:\n\n{report.table(head, rows)}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args()
    print(run(database=chosen.database, rounds=chosen.rounds))
    print(report.machine())


if __name__ == "__main__":
    main()
