"""`rapport run`: one command, one small group of processes."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none; settings come from the environment."""


def execute(arguments: argparse.Namespace) -> int:
    """Migrate, say where to sign in, and run until stopped."""
    import gc

    from rapport.config import starting

    # Nothing of what is loaded now is ever garbage: looking for some costs a third of the start.
    gc.disable()
    starting.start_django()
    from django.conf import settings

    from rapport.config import processes, welcoming

    listening = starting.listen(settings.ENVIRONMENT)
    starting.prepare_apart(welcoming.prepare)
    welcome = welcoming.lines()
    processes.load_everything()
    children = processes.web_children(listening, settings.ENVIRONMENT.web_processes)
    return processes.Group([*children, processes.worker_child()], announce=lambda: starting.say(*welcome)).run()
