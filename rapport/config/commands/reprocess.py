"""`rapport reprocess`: put stored raw messages in line again."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which ones."""
    parser.add_argument("ids", nargs="*", type=int, metavar="ID", help="raw messages; all that were parked when none")


def execute(arguments: argparse.Namespace) -> int:
    """Put them in line; the worker does the rest."""
    from rapport.config import starting

    starting.start_django()
    starting.require_current_database()
    from rapport.intake import reprocessing
    from rapport.intake.models import RawMessage

    if not arguments.ids:
        starting.say(f"{reprocessing.reprocess_parked()} raw messages are in line again.")
        return 0
    found = list(RawMessage.objects.filter(pk__in=arguments.ids))
    for row in found:
        reprocessing.reprocess(row)
    missing = sorted(set(arguments.ids) - {row.pk for row in found})
    starting.say(f"{len(found)} raw messages are in line again.", *(f"There is no raw message {id}." for id in missing))
    return 1 if missing else 0
