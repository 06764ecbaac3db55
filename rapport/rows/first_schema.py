"""The tables of an empty database, laid at once: the statements that every migration came to, as they were recorded.

Django renders all models anew for each step of a migration, which takes a new installation seven seconds of processor
time; the recorded statements take a third of one. `make schema` records them (tools/schema.py) whenever migrations were
added. One that is not recorded yet is simply run afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

Step = tuple[str, str]

FOLDER = Path(__file__).parent / "recorded"
# Whoever else begins with the same empty database waits for this one, and then finds it filled.
_ALONE = "SELECT pg_advisory_xact_lock(7271001)"


def recorded(kind: str) -> Path:
    """Where the record for a kind of database stands ("sqlite", "postgresql"): JSON, one value a line; first the
    steps as [app, name], then [statement, its parameters or null] in their order."""
    return FOLDER / f"{kind}.jsonl"


def lay(*, allowed: Collection[Step] | None = None) -> int:
    """Lay the tables and say how many migrations that stands for, which the database then names as applied.

    All of it or nothing. It does nothing, and says 0, in a database that has a table already, and where a recorded
    step is none of the `allowed` ones.
    """
    with recorded(connection.vendor).open(encoding="utf-8") as lines:
        steps = [(app, name) for app, name in json.loads(next(lines))]
        if allowed is not None and not set(steps) <= set(allowed):
            return 0
        # The schema editor lets SQLite rebuild tables that others refer to; it opens a transaction.
        with connection.schema_editor(atomic=True) as editor:
            if connection.vendor == "postgresql":
                editor.execute(_ALONE)
            if connection.introspection.table_names():
                return 0
            for line in lines:
                statement, parameters = json.loads(line)
                editor.execute(statement, parameters)
            _name_applied(steps)
    return len(steps)


def _name_applied(steps: list[Step]) -> None:
    rows: Any = MigrationRecorder(connection).migration_qs
    rows.bulk_create(rows.model(app=app, name=name) for app, name in steps)
