"""All measurements in one go (`make bench`), as markdown on the standard output; docs/performance.md keeps them.

--size small takes a few minutes, full is what docs/performance.md records, million shows the pages at volume, hour the
memory of a working hour on each database.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from bench import intake, live, memory, pages, peer, report, start

SIZES: dict[str, dict[str, Callable[[str], str]]] = {
    "small": {
        "Intake": lambda database: intake.run(database=database, mails=300, rounds=3),
        "Pages": lambda database: pages.run(database=database, sizes=[2_000, 10_000], objects=100),
        "Live": lambda database: live.run(database=database, screens=200, mails=40),
        "Memory": lambda database: memory.run(database=database, mails=200, visits=50),
        "Cold start": lambda database: start.run(database=database, rounds=3),
    },
    "full": {
        "Intake": lambda database: intake.run(database=database, mails=1000, rounds=5),
        "Intake beside a peer": lambda database: peer.run(database=database, mails=300, rounds=5),
        "Pages": lambda database: pages.run(database=database, sizes=[10_000, 100_000], objects=500),
        "Live": lambda database: live.run(database=database, screens=200, mails=200),
        "Memory": lambda database: memory.run(database=database, mails=1000, visits=500),
        "Cold start": lambda database: start.run(database=database, rounds=5),
    },
    "hour": {
        "Memory": lambda database: memory.run_over_time(database=database, minutes=60),
    },
    "million": {
        "Pages": lambda database: pages.run(database=database, sizes=[10_000, 1_000_000], objects=500),
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), default="small")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args()
    print(
        f"Measured {report.machine()}\n`python -m bench.run --size {chosen.size} --database {chosen.database}`\n",
        flush=True,
    )
    for title, measure in SIZES[chosen.size].items():
        started = time.monotonic()
        print(f"## {title}\n\n{measure(chosen.database)}", flush=True)
        print(f"{title} took {time.monotonic() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
