"""The cast as a fixture."""

from __future__ import annotations

import pytest

from rapport.people.tests.cast import Cast, assemble


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of the shop."""
    return assemble()
