"""Memory of the whole process group of `rapport run` (PSS, so that shared pages count once): new, and after use.

python -m bench.memory --minutes 60 --database sqlite     an office at work (bench/office.py), a line every ten minutes
python -m bench.memory --mails 300 --visits 100           a burst of use, for a look in passing
"""

from __future__ import annotations

import argparse
import re
import smtplib
import sys
import time
from pathlib import Path

from bench import report
from bench.client import Client
from bench.corpus import generate
from bench.installations import Bench, bench, chosen_databases
from bench.intake import run_beside
from bench.office import Office
from tests.servers.ports import free_port
from tests.servers.product import Product

BAR = 180
CONVERSATIONS = 5000
ADDRESS = "team1@bench.example"
AGENT = "agent1@bench.example"
HEAD = ("process group", f"PSS, MB (bar: {BAR} after an hour)", "of that")


def megabytes(product: Product) -> dict[str, float]:
    """Proportional set size of each process of the group by its name, in MB."""
    found: dict[str, float] = {}
    for process in product.processes():
        name = _name(process.title)
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        size = re.search(r"^Pss:\s+(\d+) kB", lines, re.MULTILINE)
        found[name] = found.get(name, 0.0) + (int(size[1]) / 1024 if size else 0.0)
    return found


def _name(title: str) -> str:
    for known in ("rapport-web", "rapport-worker", "rapport.intake.child"):
        if known in title:
            return known
    return "parent"


def measure(database: str, *, mails: int, visits: int) -> list[dict[str, float]]:
    """The group new, and after `mails` arrivals by the door and `visits` rounds of an agent through the pages."""
    with bench(database) as place:
        product = started(place)
        new = megabytes(product)
        use(product, mails=mails, visits=visits)
        used = megabytes(product)
        place.remove(product)
        return [new, used]


def started(place: Bench) -> Product:
    """A seeded installation with an open mail door, running for a moment."""
    product = place.new(RAPPORT_MAIL_DOOR=f"lmtp://127.0.0.1:{free_port()}")
    run_beside(product, "bench.seeding", str(CONVERSATIONS))
    product.start()
    time.sleep(3)
    return product


def over_time(database: str, *, minutes: int, every: int = 10) -> tuple[list[tuple[int, dict[str, float]]], str]:
    """The group at the start and every so many minutes of an office's work, and what work that was."""
    with bench(database) as place:
        product = started(place)
        found = [(0, megabytes(product))]
        office = Office(product)
        office.open()
        began = time.monotonic()
        for minute in [*range(every, minutes, every), minutes]:
            time.sleep(max(0.0, began + 60 * minute - time.monotonic()))
            found.append((minute, megabytes(product)))
            print(f"  {database} minute {minute}: {_parts(found[-1][1])}; {office.done}", file=sys.stderr, flush=True)
        office.close()
        place.remove(product)
    for problem in office.problems:
        print(f"  {database}: {problem}", file=sys.stderr)
    return found, ", ".join(f"{count} {what}" for what, count in office.done.items())


def run_over_time(*, database: str, minutes: int) -> str:
    """The figures as a markdown table a database."""
    texts = []
    for name in chosen_databases(database):
        found, work = over_time(name, minutes=minutes)
        rows = [[f"{name}, minute {minute}", sum(parts.values()), _parts(parts)] for minute, parts in found]
        texts.append(f"{report.table(HEAD, rows)}\n\nIn that time: {work}.\n")
    return f"Memory of an office at work, {CONVERSATIONS:,} conversations before it begins:\n\n" + "\n".join(texts)


def _parts(found: dict[str, float]) -> str:
    return ", ".join(f"{process} {size:.0f}" for process, size in found.items())


def use(product: Product, *, mails: int, visits: int) -> None:
    """Mail by the door, pages by an agent."""
    port = int(product.settings["RAPPORT_MAIL_DOOR"].rpartition(":")[2])
    with smtplib.LMTP("127.0.0.1", port) as door:
        for mail in generate(mails, to=ADDRESS):
            door.sendmail(mail.sender, [ADDRESS], mail.raw)
    client = Client(product, AGENT)
    for number in range(visits):
        client.get("list", "/inbox/?view=open")
        client.get("search", "/search/?q=anniversary")
        client.get("rows", "/inbox/rows/?view=closed", part=True)
        client.get("status", "/inbox/counts/")
        if number % 2:
            client.get("account", "/account/")
    time.sleep(5)


def run(*, database: str, mails: int, visits: int) -> str:
    """The figures as a markdown table."""
    rows = []
    for name in chosen_databases(database):
        for title, found in zip(("after start", "after use"), measure(name, mails=mails, visits=visits), strict=True):
            rows.append([f"{name}, {title}", sum(found.values()), _parts(found)])
    return f"Memory, use = {mails} mails by the door and {visits} rounds through the pages:\n\n{report.table(HEAD, rows)}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--visits", type=int, default=100)
    parser.add_argument("--minutes", type=int, help="use it by time instead")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args()
    if chosen.minutes:
        print(run_over_time(database=chosen.database, minutes=chosen.minutes))
    else:
        print(run(database=chosen.database, mails=chosen.mails, visits=chosen.visits))
    print(report.machine())


if __name__ == "__main__":
    main()
