"""Runs the public corpora in ../shared/data through the product and says how many expectations hold (`make corpora`).

--misses lists every case that differs, with the reason the comparison gives.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rapport.channels.email.parsing.mail import parse_mail
from rapport.channels.email.tests import corpus as mails
from rapport.kit.addresses import check_url_lines
from rapport.kit.html import sanitize
from rapport.kit.tests.test_html import active_content
from rapport.language.tests import corpus as replies
from rapport.language.tests.corpus import Tally, rows
from rapport.search.tokenising import terms
from tools.project import CHECKOUT

PUBLIC = "93.184.216.34"


def measure_security(shared_data: Path) -> dict[str, Tally]:
    """Attack strings through the sanitiser, hosts through the guard, naughty strings through parser and search."""
    folder = shared_data / "security"
    tallies = {name: Tally() for name in ("xss_vectors/sanitised", "ssrf_hosts/judged", "blns/read")}
    for row in rows(folder / "xss_vectors.jsonl"):
        vector = str(row["payload"])
        finder: Callable[[str], list[str]] = active_content
        found = finder(sanitize(vector)) + finder(sanitize(f'<img alt="{vector}" src="{vector}">'))
        tallies["xss_vectors/sanitised"].count(vector[:60], ", ".join(found) or None)
    hosts = rows(folder / "ssrf_hosts.jsonl")
    verdicts = check_url_lines([str(row["host"]) for row in hosts], {"example.org": PUBLIC})
    for row, verdict in zip(hosts, verdicts, strict=True):
        right = row["allow"] == verdict["allow"]
        tallies["ssrf_hosts/judged"].count(str(row["host"]), None if right else f"said {verdict}")
    for naughty in json.loads((folder / "blns.json").read_text("utf-8")):
        tallies["blns/read"].count(naughty[:60], _unread(naughty))
    return tallies


def _unread(naughty: str) -> str | None:
    """A mail with this text must be readable, and its text there; its words must be findable."""
    body = naughty.encode("utf-8", "replace")
    raw = (
        b"From: a@example.org\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + body
    )
    inbound = parse_mail(raw)
    if problem := mails.unreadable(inbound):
        return problem
    lost = set(terms(body.decode())) - set(terms(inbound.text))
    return f"words lost: {sorted(lost)[:3]}" if lost else None


SETS: dict[str, Callable[[Path], dict[str, Tally]]] = {
    "reply, quote, signature": replies.measure,
    "mail parsing": mails.measure,
    "security": measure_security,
}


def main() -> int:
    """Print a table a set; the exit code is 0 even when cases differ: they are recorded, not judged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="list the cases that differ")
    chosen = parser.parse_args()
    shared_data = CHECKOUT.parent / "shared" / "data"
    if not (shared_data / "SOURCES.md").exists():
        print(
            "The public corpora are not here (../shared/data beside the checkout): nothing measured.", file=sys.stderr
        )
        return 3
    for title, measure in SETS.items():
        started = time.monotonic()
        tallies = measure(shared_data)
        print(
            f"\n{title} ({time.monotonic() - started:.1f} s)\n\n| set | as expected | of | differ |\n| --- | --- | --- | --- |"
        )
        for name, tally in tallies.items():
            print(f"| {name} | {tally.passed} | {tally.total} | {tally.total - tally.passed} |")
        passed, total = (sum(counts) for counts in zip(*((t.passed, t.total) for t in tallies.values()), strict=True))
        print(f"| together | {passed} | {total} | {total - passed} |")
        if chosen.misses:
            print("\n" + "\n".join(f"- {name}: {miss}" for name, tally in tallies.items() for miss in tally.misses))
    return 0


if __name__ == "__main__":
    sys.exit(main())
