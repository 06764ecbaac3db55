"""What the commands of backups show: the steps while a person watches, and the faults they found."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapport.backups.manifest import Manifest

SHOWN = 20


@contextmanager
def show_steps() -> Iterator[Callable[[str, int, int | None], None]]:
    """Gives what to call with (step, done, all or None). Shows nothing when nobody watches."""
    from rich.progress import Progress

    with Progress(disable=not sys.stderr.isatty()) as bars:
        tasks: dict[str, object] = {}

        def progress(step: str, done: int, total: int | None) -> None:
            task = tasks.get(step)
            if task is None:
                task = tasks[step] = bars.add_task(step, total=total)
            bars.update(task, completed=done, total=total)  # type: ignore[arg-type]

        yield progress


def fault_lines(found: Manifest) -> list[str]:
    """Files that were missing or damaged when the backup was made, a line each, the first SHOWN of each kind."""
    lines = [f"The file {sha256} was missing on the disk." for sha256 in found.missing[:SHOWN]]
    lines += [f"The file {sha256} was damaged on the disk." for sha256 in list(found.damaged)[:SHOWN]]
    more = len(found.missing) + len(found.damaged) - len(lines)
    return [*lines, f"And {more} more."] if more else lines
