"""`rapport migrate`: bring the database up to date."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def execute(arguments: argparse.Namespace) -> int:
    """Run every migration that is missing."""
    from rapport.config import starting

    starting.start_django()
    steps = starting.migrate()
    starting.say(f"The database is up to date ({steps} steps)." if steps else "The database was up to date.")
    return 0
