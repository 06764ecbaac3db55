"""`rapport reset-password`: a link with which someone sets a new password."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The account's address."""
    parser.add_argument("email")


def execute(arguments: argparse.Namespace) -> int:
    """Print the link. Refusals are sentences."""
    from rapport.config import starting

    starting.start_django()
    starting.migrate()
    from rapport.people import inviting

    return starting.say_link(lambda: inviting.reset_from_command(arguments.email))
