"""`rapport import-mail`: old mail from files, as history."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the mail lies and which inbox it belongs to."""
    parser.add_argument("path", type=Path, help="an mbox, a Maildir, a folder of .eml files, or one mail")
    parser.add_argument("--inbox", required=True, help="the address of the inbox it belongs to")


def execute(arguments: argparse.Namespace) -> int:
    """Store every mail that is not stored yet, showing how far it is. May be interrupted and run again."""
    from rapport.config import starting

    starting.start_django()
    starting.require_current_database()
    from rapport.channels.models import Inbox
    from rapport.intake import importing
    from rapport.intake.errors import NothingToImport

    inbox = Inbox.objects.filter(address__iexact=arguments.inbox).first()
    if inbox is None:
        raise starting.StartRefused(f"There is no inbox {arguments.inbox}. The settings page lists all of them.")
    from rich.progress import Progress

    try:
        with Progress(disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("Storing mail", total=None)
            done = importing.import_mail(
                arguments.path, inbox=inbox, progress=lambda done, total: bar.update(task, completed=done, total=total)
            )
    except (NothingToImport, OSError) as error:
        raise starting.StartRefused(f"Nothing could be imported from {arguments.path}: {error}") from None
    starting.say(f"{done.read} mails read: {done.stored} new, {done.known} stored before. The worker processes them.")
    return 0
