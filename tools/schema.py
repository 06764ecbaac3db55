"""`make schema`: run every migration on an empty database of each kind and record the statements (rapport/rows/first_schema.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from tools.project import CHECKOUT

KINDS = ("sqlite", "postgresql")
# What only asks, what the schema editor does by itself each time, and the names of the steps, which get today's date.
_LEFT_OUT = ("SELECT ", "PRAGMA ", "BEGIN", "SAVEPOINT ", "RELEASE ", 'INSERT INTO "django_migrations"')


def main() -> int:
    """Record both kinds anew."""
    from tests.servers.postgresql import Cluster

    cluster = Cluster.start()
    try:
        for kind in KINDS:
            with tempfile.TemporaryDirectory() as home:
                address = {"RAPPORT_DATABASE_URL": cluster.url("rapport")} if kind == "postgresql" else {}
                place = {"RAPPORT_HOME": home, "DJANGO_SETTINGS_MODULE": "rapport.config.settings", **address}
                kept = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
                subprocess.run(
                    [sys.executable, "-m", "tools.schema", kind], cwd=CHECKOUT, env={**kept, **place}, check=True
                )
    finally:
        cluster.stop()
    return 0


def record(kind: str) -> None:
    """Migrate the empty database of the settings and write what was done there into the record of its kind."""
    import django

    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from rapport.rows import first_schema

    done: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        statement = str(sql)
        if not statement.lstrip().startswith(_LEFT_OUT):
            if many:
                raise RuntimeError(f"a migration writes many rows with one statement: {statement[:200]}")
            done.append((statement, list(params) if params is not None else None))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    steps = sorted(executor.loader.graph.nodes)
    path = first_schema.recorded(kind)
    path.parent.mkdir(exist_ok=True)
    values = [steps, *done]
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")
    print(f"{kind}: {len(steps)} steps, {len(done)} statements")


if __name__ == "__main__":
    if sys.argv[1:]:
        record(sys.argv[1])
    else:
        raise SystemExit(main())
