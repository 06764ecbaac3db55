"""What the tests of backups see of an installation from outside."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

from tests.faults import installation
from tests.servers.product import Product

FILES = "SELECT sha256 FROM files_storedfile UNION SELECT sha256 FROM intake_rawmessage ORDER BY 1"


def files(home: Path) -> dict[str, str]:
    """Every stored file's path and the hash of what is in it."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((home / "files").rglob("*"))
        if path.is_file()
    }


def manifest(archive: Path) -> dict[str, Any]:
    """The manifest of an archive."""
    with tarfile.open(archive) as tar:
        found = tar.extractfile("manifest.json")
        assert found is not None
        return dict(json.load(found))


def sums(product: Product, into: Path) -> dict[str, Any]:
    """Rows and row checksum of every table, by a backup of its own."""
    done = product.command("backup", str(into))
    assert done.returncode == 0, done.stderr.decode()
    return dict(manifest(into)["tables"])


_SUM = """
import json
from dataclasses import asdict
from pathlib import Path
from django.db import connection
orders = json.loads(%r)
if connection.vendor == "sqlite":
    from rapport.backups import sqlite
    found = sqlite.sum_tables(Path(connection.settings_dict["NAME"]), orders)
else:
    from rapport.backups import postgresql
    with connection.cursor() as cursor:
        found = postgresql.sum_tables(cursor.cursor, orders)
print(json.dumps({name: asdict(table) for name, table in found.items()}))
"""


def sums_over(product: Product, orders: dict[str, list[str]]) -> dict[str, Any]:
    """Rows and row checksum of every table of an installation at rest, over these columns of each."""
    return dict(json.loads(product.python(_SUM % json.dumps(orders))))


def states(product: Product) -> list[str]:
    """The states of all replies on their way, in order."""
    rows = installation.rows(product, "SELECT state FROM outbox_delivery WHERE message_id IS NOT NULL ORDER BY id")
    return [state for (state,) in rows]


def is_untouched(product: Product) -> bool:
    """Whether nothing of a restore is there: no files, no side folder, no table."""
    left = {path.name for path in product.home.iterdir()} - {"keys.json", "run"}
    if product.database is None:
        return not left
    tables = installation.rows(product, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'")
    return not left and not tables
