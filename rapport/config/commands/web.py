"""`rapport web`: the processes that answer pages, for installations that run workers elsewhere."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none; settings come from the environment."""


def execute(arguments: argparse.Namespace) -> int:
    """Answer pages until stopped. The database must be up to date (`rapport migrate`)."""
    import gc

    from rapport.config import starting

    gc.disable()
    starting.start_django()
    from django.conf import settings

    from rapport.config import processes

    listening = starting.listen(settings.ENVIRONMENT)
    starting.require_current_database()
    processes.load_everything()
    children = processes.web_children(listening, settings.ENVIRONMENT.web_processes)
    return processes.Group(children, announce=lambda: starting.say(f"Pages: {settings.ENVIRONMENT.base_url}/")).run()
