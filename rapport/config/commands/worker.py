"""`rapport worker`: mail, reactions and the schedule, without pages. Any number may run."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none; settings come from the environment."""


def execute(arguments: argparse.Namespace) -> int:
    """Work until stopped. The database must be up to date (`rapport migrate`)."""
    from rapport.config import starting

    starting.start_django()
    starting.require_current_database()
    from rapport.config import worker

    worker.run_worker()
    return 0
