"""Files of customers and orders come in: looked at first, tried without a trace, then row by row in the worker.

Each batch of rows is one transaction that also says how far the run is, so a killed worker leaves no row half done and
none done twice; and the same row again changes nothing. A row that is refused stops nobody else: it is kept with why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rapport.events import auditing
from rapport.files import storing
from rapport.kit import clock, csv_reading, text
from rapport.kit.csv_reading import Line, NotATable, Shape
from rapport.people import attributing, import_many, import_rows, import_targets
from rapport.people.errors import PeopleRefusal, Unreadable, WrongMapping, WrongTable
from rapport.people.import_many import Outcome
from rapport.people.models import Account, ImportProblem, ImportRun

log = structlog.get_logger(__name__)

# A batch is one transaction, during which nobody else writes on SQLite: a tenth of a second is not felt.
BATCH = 100
SHOWN = 20
TURN_SECONDS = 3.0
CLAIM = timedelta(minutes=2)
_SENTENCE_CHARS = 300
_KEPT_CELL = 500
State, Kind = ImportRun.State, ImportRun.Kind
_GOING = (State.WAITING, State.RUNNING)
Progress = Callable[[ImportRun], None]


@dataclass(frozen=True, slots=True)
class Tried:
    """What would become of a row: created, changed, unchanged, or refused with `sentence`."""

    line: int
    outcome: str
    sentence: str
    cells: list[str]


def begin(path: Path, *, kind: str, filename: str, by: Account | None) -> ImportRun:
    """A draft of an import: the file stored, its columns guessed. Raises WrongTable, OSError."""
    try:
        shape = csv_reading.look_at(path)
    except NotATable:
        raise WrongTable from None
    with transaction.atomic():
        stored = storing.store_path(path)
        run = ImportRun(kind=Kind(kind), filename=text.clean_line(filename, 200), sha256=stored.sha256, by=by)
        run.mapping = import_targets.guess(run.kind, shape.header)
        run.save()
        auditing.changed("import.created", run, by=by, after={"kind": run.kind})
    return run


@transaction.atomic
def set_mapping(run: ImportRun, mapping: Sequence[str], *, region: str, by: Account | None) -> ImportRun:
    """Say what each column is; a target that two columns claim belongs to the first. Not while it runs."""
    known = import_targets.targets(run.kind)
    chosen: list[str] = []
    for target in mapping[: csv_reading.MOST_COLUMNS]:
        chosen.append(target if target in known and target not in chosen else "")
    before = auditing.state(run, "mapping", "region")
    run.mapping, run.region = chosen, region.strip().upper()[:2]
    resting = ImportRun.objects.filter(pk=run.pk).exclude(state__in=_GOING)
    if resting.update(mapping=chosen, region=run.region):
        auditing.changed("import.changed", run, by=by, before=before)
    return run


def try_first(run: ImportRun, most: int = SHOWN) -> list[Tried]:
    """What would become of the first rows: really done, and taken back. Raises WrongMapping, OSError."""
    demand(run)
    with transaction.atomic():
        tried = _tried_together(run, list(islice(_groups(run), most)))
        transaction.set_rollback(True)
    return tried


@transaction.atomic
def start(run: ImportRun, *, dry: bool, by: Account | None) -> ImportRun:
    """Hand it to the worker, from the first row on; `dry`: try every row and keep nothing. One that runs goes on.

    Raises WrongMapping.
    """
    demand(run)
    if ImportRun.objects.filter(pk=run.pk, state__in=_GOING).exists():
        return run
    run.problems.all().delete()
    run.state, run.dry, run.position, run.error = State.WAITING, dry, 0, ""
    run.created = run.changed = run.unchanged = run.refused = run.total = 0
    run.finished_at = run.claimed_until = None
    run.save()
    auditing.changed("import.started", run, by=by, after={"kind": run.kind, "dry": dry})
    return run


@transaction.atomic
def stop(run: ImportRun, *, by: Account | None) -> None:
    """Stop after the batch in hand; what came in stays. Starting again takes nothing twice."""
    going = ImportRun.objects.filter(pk=run.pk, state__in=_GOING)
    if going.update(state=State.STOPPED, finished_at=clock.now()):
        auditing.changed("import.stopped", run, by=by, after={"rows": run.position})


def work() -> int:
    """Go on with a waiting run for a few seconds; how many were claimed (0: nothing waits)."""
    for run in ImportRun.objects.filter(_free(), state__in=_GOING).order_by("pk")[:5]:
        if claim(run):
            go_on(run, seconds=TURN_SECONDS)
            return 1
    return 0


def claim(run: ImportRun) -> bool:
    """Take a run in hand; False when another worker has it."""
    mine = ImportRun.objects.filter(_free(), pk=run.pk, state__in=_GOING)
    if not mine.update(claimed_until=clock.now() + CLAIM, state=State.RUNNING):
        return False
    run.refresh_from_db()
    return True


def go_on(run: ImportRun, *, seconds: float | None = None, progress: Progress | None = None) -> None:
    """Deal with rows until the file ends, somebody stops the run, or the seconds are over. None: no limit.

    What breaks the run itself (the file is gone, say) is told by its state; rows that were dealt with stay so.
    """
    deadline = clock.monotonic() + seconds if seconds is not None else None
    try:
        if not run.total:
            run.total = sum(1 for _row in _groups(run))
            ImportRun.objects.filter(pk=run.pk).update(total=run.total)
        left = islice(_groups(run), run.position, None)
        while True:
            if not _put_batch(run, list(islice(left, BATCH))):
                return
            if progress is not None:
                progress(run)
            if run.state == State.DONE:
                return
            if deadline is not None and clock.monotonic() > deadline:
                break
    except Exception as error:
        log.exception("import_failed", run=run.pk)
        told = f"{type(error).__name__}: {error}"[:_SENTENCE_CHARS]
        ImportRun.objects.filter(pk=run.pk).update(
            state=State.FAILED, error=told, finished_at=clock.now(), claimed_until=None
        )
        run.refresh_from_db()
        return
    ImportRun.objects.filter(pk=run.pk).update(claimed_until=None)


def shape_of(run: ImportRun) -> Shape:
    """How the stored file is written. Raises WrongTable."""
    try:
        return csv_reading.look_at(storing.path_of(run.sha256))
    except (NotATable, FileNotFoundError):
        raise WrongTable from None


def demand(run: ImportRun) -> None:
    """Raises WrongMapping when a column that is needed stands nowhere."""
    lacking = import_targets.missing(run.kind, run.mapping)
    if lacking:
        raise WrongMapping(_(import_targets.TARGETS[run.kind][lacking[0]]))


def report(run: ImportRun) -> tuple[list[str], Iterator[list[str]]]:
    """Header and rows of what was not taken: line, why, and the cells as they stood."""
    found = run.problems.order_by("line", "pk").values_list("line", "sentence", "cells")
    rows = ([str(line), sentence, *cells] for line, sentence, cells in found.iterator(chunk_size=500))
    return [_("Line"), _("What is wrong"), *shape_of(run).header], rows


def _free() -> Q:
    """Claimed by nobody, or by somebody who is gone; what lies too far ahead was set before the clock went back."""
    now = clock.now()
    return Q(claimed_until=None) | Q(claimed_until__lt=now) | Q(claimed_until__gt=now + CLAIM + clock.SLACK)


def _put_batch(run: ImportRun, batch: Sequence[list[Line]]) -> bool:
    """Rows and how far we are, all or nothing. False when the run was stopped, or another worker has gone on since."""
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=run.pk)
        if locked.state != State.RUNNING or locked.position != run.position:
            return False
        with transaction.atomic():
            tried = _tried_together(run, batch)
            transaction.set_rollback(run.dry)
        _note(run, tried)
    return True


def _note(run: ImportRun, tried: Sequence[Tried]) -> None:
    """A batch that is not full was the last."""
    ImportProblem.objects.bulk_create(
        ImportProblem(run=run, line=one.line, sentence=one.sentence[:_SENTENCE_CHARS], cells=one.cells)
        for one in tried
        if one.sentence
    )
    for outcome in ("created", "changed", "unchanged", "refused"):
        setattr(run, outcome, getattr(run, outcome) + sum(one.outcome == outcome for one in tried))
    run.position += len(tried)
    is_last = len(tried) < BATCH
    run.state = State.DONE if is_last else State.RUNNING
    run.finished_at = clock.now() if is_last else None
    run.claimed_until = None if is_last else clock.now() + CLAIM
    run.save()


def _tried_together(run: ImportRun, batch: Sequence[list[Line]]) -> list[Tried]:
    """Deal with a batch: customers together, orders with their items one after the other."""
    if run.kind == Kind.ORDERS:
        outcomes = [_put_order(run, group) for group in batch]
    else:
        known = {one.key: one for one in attributing.definitions()}
        rows = [_named(run, group[0]) for group in batch if not group[0].problem]
        put = iter(import_many.put_customers(rows, by=run.by, region=run.region, known=known))
        outcomes = [Unreadable() if group[0].problem else next(put) for group in batch]
    return [_told(group[0], outcome) for group, outcome in zip(batch, outcomes, strict=True)]


def _put_order(run: ImportRun, group: list[Line]) -> Outcome:
    """One order with its items; a refusal undoes what it had begun."""
    if group[0].problem:
        return Unreadable()
    try:
        with transaction.atomic():
            return import_rows.put_order([_named(run, line) for line in group], by=run.by, region=run.region)
    except PeopleRefusal as refusal:
        return refusal


def _told(line: Line, outcome: Outcome) -> Tried:
    cells = [cell[:_KEPT_CELL] for cell in line.cells]
    if isinstance(outcome, PeopleRefusal):
        return Tried(line.number, "refused", str(outcome), cells)
    return Tried(line.number, outcome, "", cells)


def _named(run: ImportRun, line: Line) -> dict[str, str]:
    return {target: cell for target, cell in zip(run.mapping, line.cells, strict=False) if target}


def _groups(run: ImportRun) -> Iterator[list[Line]]:
    """Rows that belong together: each alone, but items of one order that follow one another."""
    shape = shape_of(run)
    lines = csv_reading.rows(storing.path_of(run.sha256), shape)
    if run.kind != Kind.ORDERS or "number" not in run.mapping:
        yield from ([line] for line in lines)
        return
    column = run.mapping.index("number")
    group: list[Line] = []
    for line in lines:
        number = line.cells[column] if len(line.cells) > column else ""
        if group and (line.problem or number != _number(group[0], column) or len(group) >= csv_reading.MOST_COLUMNS):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _number(line: Line, column: int) -> str:
    return line.cells[column] if len(line.cells) > column and not line.problem else "\0"
