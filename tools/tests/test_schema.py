"""New installations get today's schema: the recorded statements stand for every migration there is."""

import json

import pytest
from django.db.migrations.loader import MigrationLoader

from rapport.rows import first_schema
from tools import schema


@pytest.mark.parametrize("kind", schema.KINDS)
def test_every_migration_is_recorded(kind):
    with first_schema.recorded(kind).open(encoding="utf-8") as lines:
        steps = {tuple(step) for step in json.loads(next(lines))}
    assert steps == set(MigrationLoader(None).graph.nodes), "run `make schema`"
