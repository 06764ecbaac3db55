"""Intake beside a peer: django-helpdesk's own mail intake and ours, one worker each, the same mails, rounds in turn.

python -m bench.peer --mails 300 --rounds 5 --database sqlite

The peer is installed from the package index into an environment of its own below build/, never into ours.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from bench import report
from bench.installations import Bench, bench, chosen_databases
from bench.intake import INBOX, Figures, run_beside
from tests.servers.commands import CHECKOUT
from tests.servers.product import Product

PEER = "django-helpdesk==2.6.1"
DRIVER = "psycopg2-binary"
PLACE = CHECKOUT / "build" / "peer" / "venv"
BAR = 4.0
# Each way of ours stands beside the peer's way that does the same.
PAIRS = {"stored": ("silent", "plain"), "stored and answered": ("answers", "react")}


class PeerMissing(Exception):
    """The package index did not hand the peer out."""


def interpreter() -> Path:
    """The Python of the peer's environment, made now if need be. Raises PeerMissing."""
    python = PLACE / "bin" / "python"
    if not (PLACE / "complete").exists():
        venv.create(PLACE, clear=True, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER, DRIVER]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PeerMissing(done.stderr.strip()[-500:])
        (PLACE / "complete").touch()
    return python


def measure(database: str, *, mails: int, rounds: int) -> dict[str, Figures]:
    """The figures of each way of the peer's and of ours; all take turns within a round."""
    python = interpreter()
    found = {way: Figures() for pair in PAIRS.values() for way in pair}
    with bench(database) as place:
        original = place.new()
        original.python(INBOX)
        for number in range(rounds):
            for peers, ours in PAIRS.values():
                theirs = _peer_round(place, python, peers, mails=mails, seed=number + 1)
                own = _own_round(place, original, ours, mails=mails, seed=number + 1)
                for way, figures in ((peers, theirs), (ours, own)):
                    found[way].speed.append(mails / figures["seconds"])
                    found[way].cpu.append(1000 * figures["cpu"] / mails)
                    line = f"  {database} round {number + 1} {way}: {found[way].speed[-1]:.1f} mails/s, {found[way].cpu[-1]:.1f} ms"
                    print(line, file=sys.stderr, flush=True)
    return found


def _own_round(place: Bench, original: Product, way: str, *, mails: int, seed: int) -> dict[str, float]:
    product = place.copy(original)
    try:
        return _figures(run_beside(product, "bench.intake_round", way, str(mails), str(seed)))
    finally:
        place.remove(product)


def _peer_round(place: Bench, python: Path, way: str, *, mails: int, seed: int) -> dict[str, float]:
    """In a folder and a database of its own, on the same disk and server as ours."""
    home = place.bare()
    try:
        url = home.settings.get("RAPPORT_DATABASE_URL", "")
        command = [str(python), "-m", "bench.peer_helpdesk", str(home.folder), url, str(mails), str(seed), way]
        done = subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT, check=False)
        if done.returncode:
            raise RuntimeError(f"{PEER} {way}: {done.stderr or done.stdout}")
        return _figures(done.stdout)
    finally:
        place.remove(home)


def _figures(output: str) -> dict[str, float]:
    figures: dict[str, float] = json.loads(output.splitlines()[-1])
    return figures


def run(*, database: str, mails: int, rounds: int) -> str:
    """The figures as a markdown table."""
    rows: list[list[object]] = []
    for name in chosen_databases(database):
        try:
            found = measure(name, mails=mails, rounds=rounds)
        except PeerMissing as missing:
            shutil.rmtree(PLACE, ignore_errors=True)
            return f"Not measured: the package index did not hand out {PEER}: {missing}\n"
        rows += [_row(name, what, found[peers], found[ours]) for what, (peers, ours) in PAIRS.items()]
    head = ["database, work", "peer, mails/s", "ours, mails/s", f"ratio (bar: {BAR:g})", "CPU ms, peer", "CPU ms, ours"]
    return (
        f"Intake beside {PEER}, one worker each, {mails} mails a round, medians of {rounds} rounds. The peer runs its own "
        "loop over a local\nmailbox with its default settings, attachments on, its mails dropped by a dummy back end, "
        "SQLite with a write-ahead log and\nsynchronous=FULL like ours. “Stored and answered”: with its "
        f"acknowledgement; ours with all reactions.\n\n{report.table(head, rows)}\n"
    )


def _row(database: str, what: str, peer: Figures, ours: Figures) -> list[object]:
    ratio = report.median([one / other for one, other in zip(ours.speed, peer.speed, strict=True)])
    speeds = [report.median(peer.speed), report.median(ours.speed), ratio]
    return [f"{database}, {what}", *speeds, report.median(peer.cpu), report.median(ours.cpu)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args()
    print(run(database=chosen.database, mails=chosen.mails, rounds=chosen.rounds))
    print(report.machine())


if __name__ == "__main__":
    main()
