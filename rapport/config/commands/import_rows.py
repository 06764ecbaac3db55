"""`rapport import customers FILE`, `rapport import orders FILE`: rows of a CSV file, as the settings page takes them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapport.people.models import ImportRun

SOME_REFUSED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, from where, and which column is what."""
    parser.add_argument("kind", choices=("customers", "orders"), help="what the rows are")
    parser.add_argument("path", type=Path, help="a CSV file with the names of its columns in the first row")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=TARGET",
        help="what a column holds, such as 'Kundennr=attribute:number'; others are guessed; an empty target leaves it out",
    )
    parser.add_argument("--country", default="", help="whose phone numbers are written without a code, such as DE")
    parser.add_argument("--try", dest="dry", action="store_true", help="say what would happen and keep nothing")
    parser.add_argument("--report", type=Path, help="write the rows that were not taken into this CSV file")


def execute(arguments: argparse.Namespace) -> int:
    """Take the file in, showing how far it is. May be interrupted and run again. 1 when rows were refused."""
    from rapport.config import starting

    starting.start_django()
    starting.require_current_database()
    from django.db import transaction

    from rapport.people import importing
    from rapport.people.errors import PeopleRefusal
    from rapport.people.models import ImportRun

    try:
        run = importing.begin(arguments.path, kind=arguments.kind, filename=arguments.path.name, by=None)
        importing.set_mapping(run, _mapping(run, arguments.column), region=arguments.country, by=None)
        with transaction.atomic():  # a worker that runs beside us must not take it first
            importing.start(run, dry=arguments.dry, by=None)
            importing.claim(run)
    except (PeopleRefusal, OSError) as error:
        raise starting.StartRefused(f"Nothing was imported from {arguments.path}: {error}") from None
    _show(run)
    if run.state != ImportRun.State.DONE:
        raise starting.StartRefused(f"The import stopped at row {run.position} of {run.total}: {run.error}")
    if arguments.report:
        from rapport.kit import spreadsheets

        spreadsheets.write(arguments.report, *importing.report(run))
    would = "would be " if arguments.dry else ""
    starting.say(
        f"{run.position} read: {run.created} {would}new, {run.changed} {would}changed, {run.unchanged} unchanged, "
        f"{run.refused} refused."
    )
    for problem in run.problems.order_by("line")[:10]:
        starting.say(f"  line {problem.line}: {problem.sentence}")
    return SOME_REFUSED if run.refused else 0


def _show(run: ImportRun) -> None:
    """Do it in this process; should it be killed, the worker goes on with it."""
    from rich.progress import Progress

    from rapport.people import importing

    with Progress(disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Importing", total=None)
        importing.go_on(run, progress=lambda now: bar.update(task, completed=now.position, total=now.total or None))


def _mapping(run: ImportRun, columns: list[str]) -> list[str]:
    from rapport.config import starting
    from rapport.people import import_targets, importing

    header = importing.shape_of(run).header
    mapping = list(run.mapping)
    for column in columns:
        name, _equals, target = column.rpartition("=")
        if name not in header:
            raise starting.StartRefused(f"There is no column {name!r}. There are: {', '.join(header)}.")
        if target and target not in import_targets.targets(run.kind):
            known = ", ".join(import_targets.targets(run.kind))
            raise starting.StartRefused(f"{target!r} is nothing a column can hold. Known: {known}.")
        at = header.index(name)
        mapping = ["" if one == target and place != at else one for place, one in enumerate(mapping)]
        mapping[at] = target
    return mapping
