"""`rapport keys`: which keys there are, new ones, and the end of one that leaked."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapport.config.rekeying import Renewed

_RESTART = "Restart Rapport, so that links to set a password follow. Copy the key file to its other place again."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing lists the keys; --rotate makes new ones, --retire ends old ones."""
    parser.add_argument("--rotate", action="store_true", help="make new keys and put every stored secret under them")
    parser.add_argument("--retire", nargs="+", metavar="ID", help="put every stored secret under the newest key, then erase these keys for ever")  # fmt: skip


def execute(arguments: argparse.Namespace) -> int:
    """0 when done; 1 when a key cannot be retired or a stored secret could not be read."""
    from rapport.config import starting
    from rapport.kit.secrets import KeyFileRefused

    starting.start_django()
    starting.require_current_database()
    from django.conf import settings

    from rapport.config import rekeying

    renewed = None
    try:
        if arguments.rotate:
            settings.KEY_RING.rotate()
        if arguments.rotate or arguments.retire:
            renewed = rekeying.renew_everything()
        if arguments.retire:
            settings.KEY_RING.retire(*arguments.retire)
    except KeyFileRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    starting.say(*_listed())
    if renewed is None:
        return 0
    starting.say(*_told(renewed), _RESTART)
    return 1 if renewed.unreadable else 0


def _listed() -> list[str]:
    from django.conf import settings

    ring = settings.KEY_RING
    making = {ring.makes("encryption"), ring.makes("signing")}
    lines = []
    for key in ring.keys:
        state = f"retired {key.retired[:10]}" if key.retired else "makes and reads" if key.id in making else "reads"
        lines.append(f"{key.id}  {key.use:<10}  made {key.created[:10]}  {state}")
    return lines


def _told(renewed: Renewed) -> list[str]:
    lines = [f"{renewed.count} stored secrets are under the newest key."]
    return lines + [f"What {owner} keeps could not be read; it was left as it is." for owner in renewed.unreadable]
