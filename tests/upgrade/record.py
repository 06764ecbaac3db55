"""Record the archive of a furnished installation:  python -m tests.upgrade.record NAME [--back APP=MIGRATION …]"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from tests.servers.product import Product

HERE = Path(__file__).resolve().parent
_BACK = """
from pathlib import Path
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from rapport.backups import making
executor = MigrationExecutor(connection)
executor.migrate({targets!r})
making.make(Path({path!r}), keep=None, with_keys=False, progress=lambda *told: None)
"""


def record(product: Product, path: Path, back: dict[str, str | None]) -> None:
    """Undo migrations of a furnished installation and back it up as it is then. Raises RuntimeError."""
    product.python(_BACK.format(targets=list(back.items()), path=str(path)))


def furnished(folder: Path, mails: int = 6) -> Product:
    """A furnished installation, not running; `remove()` it in the end."""
    product = Product.new(folder, tables=True)
    product.python(f"from tests.backups.furnishing import furnish; furnish(1, mails={mails})")
    return product


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--back", nargs="*", default=[], metavar="APP=MIGRATION")
    chosen = parser.parse_args()
    back = dict(step.split("=") for step in chosen.back)
    folder = Path(tempfile.mkdtemp(prefix="rapport-record-"))
    product = furnished(folder)
    try:
        kind = "postgresql" if product.database else "sqlite"
        path = folder / "x.tar.gz"
        record(product, path, {app: None if name == "zero" else name for app, name in back.items()})
        shutil.copy(path, HERE / f"{chosen.name}-{kind}.tar.gz")
    finally:
        product.remove()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
