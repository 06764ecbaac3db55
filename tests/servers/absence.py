"""What a fixture does when the program it needs is not installed."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def absent(reason: str) -> NoReturn:
    """Skip with the reason; with CI=true fail, so that a green run has really run everything."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (CI=true: it is mandatory)")
    pytest.skip(reason)
