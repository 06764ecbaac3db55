"""The copied database is what the migrations make."""

from __future__ import annotations

from tests.servers.product import Product


def test_a_copy_needs_no_step_more(tmp_path):
    copied = Product.new(tmp_path / "copied", tables=True)
    assert copied.command("migrate").stdout == b"The database was up to date.\n"
