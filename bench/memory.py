"""Memory of the whole process group of `rapport run` (PSS, so that shared pages count once): new, and after use."""

from __future__ import annotations

import argparse
import re
import smtplib
import time
from pathlib import Path

from bench import report
from bench.client import Client
from bench.corpus import generate
from bench.installations import bench, chosen_databases
from bench.intake import run_beside
from tests.servers.ports import free_port
from tests.servers.product import Product

BAR = 180
ADDRESS = "team1@bench.example"
AGENT = "agent1@bench.example"


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
        product = place.new(RAPPORT_MAIL_DOOR=f"lmtp://127.0.0.1:{free_port()}")
        run_beside(product, "bench.seeding", "5000")
        product.start()
        time.sleep(3)
        new = megabytes(product)
        use(product, mails=mails, visits=visits)
        used = megabytes(product)
        place.remove(product)
        return [new, used]


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
            parts = ", ".join(f"{process} {size:.0f}" for process, size in found.items())
            rows.append([f"{name}, {title}", sum(found.values()), parts])
    head = ["process group", f"PSS, MB (bar: {BAR} after an hour)", "of that"]
    return f"Memory, use = {mails} mails by the door and {visits} rounds through the pages:\n\n{report.table(head, rows)}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--visits", type=int, default=100)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args()
    print(run(database=chosen.database, mails=chosen.mails, visits=chosen.visits))
    print(report.machine())


if __name__ == "__main__":
    main()
