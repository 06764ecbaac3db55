"""Showing the steps of a long command while a person watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
