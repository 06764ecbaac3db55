"""The copied database is what the migrations make."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.servers import migrated
from tests.servers.product import Product


def tables(product: Product) -> dict[str, str]:
    with closing(sqlite3.connect(product.home / migrated.NAME)) as connection:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master"))


def test_a_copy_has_the_tables_of_a_migrated_installation_and_needs_no_step(tmp_path):
    copied, made = Product.new(tmp_path / "copied", tables=True), Product.new(tmp_path / "made")
    assert copied.command("migrate").stdout == b"The database was up to date.\n"
    assert made.command("migrate").returncode == 0
    assert tables(copied) == tables(made)
