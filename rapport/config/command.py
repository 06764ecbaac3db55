"""The `rapport` command. Each subcommand is a module in rapport.config.commands and imports what it needs when it runs."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence

from rapport import __doc__ as about

COMMANDS = {
    "run": "start Rapport on this machine: pages, mail, everything",
    "web": "answer pages only",
    "worker": "do everything but answer pages",
    "migrate": "bring the database up to date",
    "backup": "write everything into one archive while Rapport runs, or verify an archive",
    "restore": "fill an empty installation from an archive; it sends nothing until released",
    "check": "say what is wrong with this installation, and the cure",
    "keys": "list the keys, make new ones, or end one that leaked",
    "invite": "make a link with which a colleague joins",
    "reset-password": "make a link with which someone sets a new password",
    "import": "import customers or orders from a CSV file",
    "import-mail": "import an mbox, a Maildir or a folder of .eml files as history",
    "reprocess": "process stored raw messages again",
    "inspect": "show what Rapport makes of a mail, a text, some HTML or an address; needs no installation",
}
_MODULES = {"import": "import_rows"}  # a module cannot be called by a word of the language
SETTINGS_REFUSED = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; its exit code. 2 when the settings or the arguments cannot be used."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="rapport", description=about)
    parser.add_argument("--version", action="store_true", help="print the version")
    choices = parser.add_subparsers(metavar="command", dest="command")
    for name, sentence in COMMANDS.items():
        # Only the chosen command's module is loaded, so that --help is instant.
        chosen = choices.add_parser(name, help=sentence, description=sentence[0].upper() + sentence[1:] + ".")
        if given and given[0] == name:
            module = importlib.import_module(f"rapport.config.commands.{_MODULES.get(name, name.replace('-', '_'))}")
            module.add_arguments(chosen)
            chosen.set_defaults(execute=module.execute)
    parsed = parser.parse_args(given)
    if parsed.version:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(version("rapport"))
        except PackageNotFoundError:
            print("a checkout")
        return 0
    if not parsed.command:
        parser.print_help()
        return 0
    return _execute(parsed)


def _execute(parsed: argparse.Namespace) -> int:
    from rapport.config.starting import StartRefused

    try:
        return int(parsed.execute(parsed))
    except StartRefused as refused:
        print(refused, file=sys.stderr)
        return SETTINGS_REFUSED
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does.
        sys.stderr.close()
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return INTERRUPTED
