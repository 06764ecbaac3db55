"""Telling how far a long work is."""

from __future__ import annotations

from collections.abc import Callable

# Called with the step's name, how much of it is done, and how much there is (None: not known).
Progress = Callable[[str, int, int | None], None]
