"""`rapport inspect …`: what Rapport makes of some bytes. Needs no installation, no settings, no network, no Django."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

Row = dict[str, Any]

MAX_BYTES = 256 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One subcommand for each thing to look at."""
    things = parser.add_subparsers(metavar="what", dest="what", required=True)
    mail = things.add_parser("parse-mail", help="a raw mail, as JSON")
    mail.add_argument("--save-attachments", metavar="DIR", type=Path, help="write each attachment to DIR/<sha256>")
    text = things.add_parser("split-reply", help="the text of a mail, parted into reply, quote and signature, as JSON")
    for each in (mail, text):
        each.add_argument("--many", action="store_true", help="read one path a line, print one JSON a line")
    text.add_argument("--subject", default="", help="the mail's subject: some say that a mail was only passed on")
    html = things.add_parser("sanitize-html", help="HTML of a mail, made safe to show")
    for each in (mail, text, html):
        each.add_argument("file", nargs="?", type=Path, help="instead of standard input")
    url = things.add_parser("check-url", help="whether Rapport would connect there; one URL or host a line")
    url.add_argument("--resolve", action="append", default=[], metavar="HOST=ADDRESS", help="answer for the resolver")
    mail.set_defaults(look=_parse_mail)
    text.set_defaults(look=_split_reply)
    html.set_defaults(look=_sanitize_html)
    url.set_defaults(look=_check_url)


def execute(arguments: argparse.Namespace) -> int:
    """Print what is found; 0 whatever the bytes are."""
    look: Callable[[argparse.Namespace], Iterator[str]] = arguments.look
    for line in look(arguments):
        sys.stdout.buffer.write(line.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    return 0


def _parse_mail(arguments: argparse.Namespace) -> Iterator[str]:
    from rapport.channels.contract import Inbound
    from rapport.channels.email.parsing.mail import parse_mail
    from rapport.channels.email.parsing.report import mail_as_json

    folder: Path | None = arguments.save_attachments
    if folder is not None:
        with suppress(OSError):  # each attachment that cannot be saved there says why in its own row
            folder.mkdir(parents=True, exist_ok=True)

    def row(raw: bytes) -> Row:
        inbound = parse_mail(raw)
        for attachment in inbound.attachments if folder else ():
            _save(Path(folder or "") / attachment.sha256, attachment.content, inbound.problems)
        return mail_as_json(inbound)

    return _rows(arguments, row, lambda problem: mail_as_json(Inbound(problems=[problem])))


def _split_reply(arguments: argparse.Namespace) -> Iterator[str]:
    from rapport.language.forwarding import is_forward_subject
    from rapport.language.splitting import SplitReply, split_reply

    def row(raw: bytes) -> Row:
        text = raw.decode("utf-8", "replace")
        return asdict(split_reply(text, forwarding=is_forward_subject(arguments.subject, text)))

    return _rows(arguments, row, lambda problem: {**asdict(SplitReply("", "", "", "")), "problems": [problem]})


def _sanitize_html(arguments: argparse.Namespace) -> Iterator[str]:
    from rapport.kit.html import sanitize

    try:
        yield sanitize(_read(arguments.file).decode("utf-8", "replace"))
    except OSError as error:
        print(f"{arguments.file}: {error.strerror}", file=sys.stderr)


def _check_url(arguments: argparse.Namespace) -> Iterator[str]:
    from rapport.kit.addresses import check_url_lines

    overrides = dict(each.partition("=")[::2] for each in arguments.resolve)
    lines = (raw.decode("utf-8", "replace").rstrip("\r\n") for raw in sys.stdin.buffer)
    for verdict in check_url_lines(lines, overrides):
        yield json.dumps(verdict) + "\n"


def _rows(arguments: argparse.Namespace, row: Callable[[bytes], Row], refused: Callable[[str], Row]) -> Iterator[str]:
    """One JSON for the input, or with --many one for each path it names, in order, also for one that cannot be read."""
    paths: list[Path | None] = [arguments.file]
    if arguments.many:
        try:
            paths = [Path(os.fsdecode(line)) for line in _read(arguments.file).splitlines()]
        except OSError as error:
            yield json.dumps(refused(_why(error))) + "\n"
            return
    for path in paths:
        try:
            found = row(_read(path))
        except (OSError, ValueError) as error:
            found = refused(_why(error))
        except MemoryError:
            found = refused("there is not enough memory to read the file")
        yield json.dumps(found) + "\n"


def _why(error: Exception) -> str:
    return f"the file cannot be read: {getattr(error, 'strerror', None) or error}"


def _read(path: Path | None) -> bytes:
    """The bytes of a file or of standard input, up to MAX_BYTES. Raises OSError, ValueError for an impossible path."""
    if path is None:
        return sys.stdin.buffer.read(MAX_BYTES)
    with path.open("rb") as file:
        return file.read(MAX_BYTES)


def _save(path: Path, content: bytes, problems: list[str]) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        problems.append(f"an attachment could not be saved: {error.strerror}")
