"""`rapport backup`: everything in one archive, or the proof that an archive holds everything."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapport.backups.making import Made
    from rapport.backups.manifest import Manifest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, or which archive to verify."""
    parser.add_argument(
        "target", type=Path, nargs="?", help="a new .tar or .tar.gz file, or a folder for dated archives"
    )
    parser.add_argument(
        "--keep", type=int, metavar="N", help="in a folder: keep the newest N archives, remove the others"
    )
    parser.add_argument(
        "--with-keys", action="store_true", help="put the key file in too: the archive is then a secret"
    )
    parser.add_argument(
        "--verify", type=Path, metavar="ARCHIVE", help="check an archive from its first byte to its last"
    )


def execute(arguments: argparse.Namespace) -> int:
    """0 when all is well; 1 when stored files were missing or damaged, or the archive is."""
    from rapport.config import starting

    if (arguments.target is None) == (arguments.verify is None):
        raise starting.StartRefused("Name a target for a backup, or an archive with --verify.")
    from rapport.backups.errors import BackupRefused

    try:
        return _verify(arguments.verify) if arguments.verify else _back_up(arguments)
    except BackupRefused as refused:
        print(refused, file=sys.stderr)
        return 1


def _back_up(arguments: argparse.Namespace) -> int:
    from rapport.config import starting
    from rapport.config.commands.steps import show_steps

    starting.start_django()
    from rapport.backups import making

    starting.require_current_database()
    if arguments.with_keys:
        starting.say("Warning: this archive will hold the keys. Whoever reads it reads every password in it.")
    with show_steps() as progress:
        made = making.make(arguments.target, keep=arguments.keep, with_keys=arguments.with_keys, progress=progress)
    starting.say(*_told(made))
    return 0 if made.is_whole else 1


def _told(made: Made) -> list[str]:
    from rapport.config.commands.steps import fault_lines

    lines = [f"{made.path}: {_content(made.manifest)}, {made.path.stat().st_size / 2**20:.1f} MB."]
    lines += fault_lines(made.manifest)
    lines += [f"Removed {path}." for path in made.removed]
    if not made.manifest.about.with_keys:
        keys = ", ".join(made.manifest.about.key_ids)
        lines.append(f"The keys ({keys}) are not in it. Keep a copy of the key file in another place.")
    return lines


def _verify(path: Path) -> int:
    from rapport.backups import verifying
    from rapport.config import starting
    from rapport.config.commands.steps import fault_lines, show_steps

    try:
        with show_steps() as progress:
            found = verifying.verify(path, progress)
    except OSError as error:
        raise starting.StartRefused(f"{path} cannot be checked: {error.strerror or error}.") from None
    about = found.about
    starting.say(
        f"{path} is whole: {_content(found)}.",
        f"Made at {about.made_at} by Rapport {about.product} on {about.database}.",
        f"It needs the keys {', '.join(about.key_ids)}" + (", which are in it." if about.with_keys else "."),
        *fault_lines(found),
    )
    return 0


def _content(found: Manifest) -> str:
    rows = sum(table.rows for table in found.tables.values())
    return f"{rows} rows in {len(found.tables)} tables, {found.file_count} files"
