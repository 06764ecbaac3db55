"""`rapport restore`: an empty installation filled from an archive, and its release."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The archive, or the release of what was restored."""
    parser.add_argument("archive", type=Path, nargs="?", help="what `rapport backup` wrote")
    parser.add_argument("--release", action="store_true", help="let the restored copy send mail and read its mailboxes")
    parser.add_argument(
        "--send-waiting", action="store_true",
        help="with --release: also send what waited when the backup was made, because the original never sent it",
    )  # fmt: skip


def execute(arguments: argparse.Namespace) -> int:
    """0 when done; 1 when it was refused, and then nothing was changed."""
    from rapport.config import starting

    if (arguments.archive is None) == (not arguments.release) or (arguments.send_waiting and not arguments.release):
        raise starting.StartRefused("Name an archive, or say --release (with or without --send-waiting).")
    starting.start_django()
    from rapport.backups.errors import BackupRefused

    try:
        return _release(arguments.send_waiting) if arguments.release else _restore(arguments.archive)
    except BackupRefused as refused:
        print(refused, file=sys.stderr)
        return 1


def _restore(archive: Path) -> int:
    from django.conf import settings

    from rapport.backups import restoring
    from rapport.config import starting
    from rapport.config.commands.steps import fault_lines, show_steps

    with show_steps() as progress:
        done = restoring.restore(archive, migrate=starting.migrate, progress=progress)
    rows = sum(table.rows for table in done.manifest.tables.values())
    starting.say(
        f"Restored: {rows} rows and {done.manifest.file_count} files, as they were at {done.manifest.about.made_at}."
    )
    if done.steps:
        starting.say(f"The database was brought up to date ({done.steps} steps).")
    if done.missing_keys:
        starting.say(
            f"These keys are missing in {settings.ENVIRONMENT.key_file}: {', '.join(done.missing_keys)}.",
            "Put your copy of the key file there before you start Rapport. Without it the passwords of mailboxes and the "
            "second factors of people must be set anew, and answers to old mails prove less.",
        )
    if faults := fault_lines(done.manifest):
        starting.say(*faults)
    starting.say(
        "This copy is on hold: it sends nothing and reads no mailbox, because the original may still do so. When the "
        "original is stopped for good, release it on the status page or with `rapport restore --release`."
    )
    return 0


def _release(send_waiting: bool) -> int:
    from rapport.config import starting

    starting.require_current_database()
    from rapport.outbox import holding

    doubtful = holding.release(by=None, send_waiting=send_waiting)
    if doubtful is None:
        starting.say("This installation was not on hold.")
        return 0
    starting.say("Released: mail is sent and read again.")
    if doubtful:
        starting.say(
            f"{doubtful} deliveries waited when the backup was made. The status page asks a person about them."
        )
    return 0
