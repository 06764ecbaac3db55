"""`rapport invite`: a link with which a colleague joins."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Address, role, teams, name."""
    parser.add_argument("email")
    parser.add_argument("--role", default="agent", help="owner, administrator, supervisor, agent or colleague")
    parser.add_argument("--team", action="append", default=[], dest="teams", help="a team's name; may be repeated")
    parser.add_argument("--name", default="")


def execute(arguments: argparse.Namespace) -> int:
    """Print the link. Refusals are sentences."""
    from rapport.config import starting

    starting.start_django()
    starting.migrate()
    from rapport.people import inviting

    return starting.say_link(
        lambda: inviting.invite_from_command(
            arguments.email, role=arguments.role, teams=arguments.teams, name=arguments.name
        )
    )
