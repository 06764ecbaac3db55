"""`rapport run`: one command, one small group of processes."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none; settings come from the environment."""


def execute(arguments: argparse.Namespace) -> int:
    """Migrate, say where to sign in, and run until stopped."""
    from rapport.config import starting

    starting.start_django()
    from django.conf import settings

    from rapport.config import processes, welcoming

    listening = starting.listen(settings.ENVIRONMENT)
    starting.migrate()
    welcome = welcoming.prepare()
    processes.load_everything()
    children = processes.web_children(listening, settings.ENVIRONMENT.web_processes)
    return processes.Group([*children, processes.worker_child()], announce=lambda: starting.say(*welcome)).run()
