"""One thing that defends, and the tests that must notice when it is gone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Defence:
    """`text` in `file` is what defends; `without` stands there once it is taken out; `tests` must notice."""

    name: str
    file: str
    text: str
    without: str
    tests: str
