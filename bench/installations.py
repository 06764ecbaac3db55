"""Fresh installations to measure, on either database, with the durability that a company would run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.servers import postgresql
from tests.servers.commands import CHECKOUT
from tests.servers.postgresql import Cluster
from tests.servers.product import Product

DATABASES = ("sqlite", "postgresql")
# On the checkout's own disk: a temporary folder in memory would make fsync free.
PLACE = Path(os.environ.get("RAPPORT_BENCH_FOLDER") or CHECKOUT / "build" / "bench")


@dataclass
class Bench:
    """A folder and a database server for the installations of one measurement."""

    database: str
    folder: Path
    cluster: Cluster | None

    def new(self, **settings: str) -> Product:
        """An empty installation, migrated, not started."""
        product = self.bare(None, **settings)
        done = product.command("migrate")
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return product

    def copy(self, original: Product, **settings: str) -> Product:
        """An installation with the same data; the original must not run."""
        product = self.bare(original, **settings)
        shutil.rmtree(product.home)
        shutil.copytree(original.home, product.home)
        return product

    def bare(self, template: Product | None = None, **settings: str) -> Product:
        """An installation without tables, or with those of a template's database."""
        product = Product.new(self.folder / uuid4().hex[:8], tables=False, **settings)
        if self.cluster is not None:
            product.database = f"bench_{uuid4().hex[:12]}"
            source = template.database if template and template.database else "template1"
            with psycopg.connect(self.cluster.url("postgres"), autocommit=True) as connection:
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
                connection.execute(statement.format(sql.Identifier(product.database), sql.Identifier(source)))
            product.settings["RAPPORT_DATABASE_URL"] = self.cluster.url(product.database)
        return product

    def remove(self, product: Product) -> None:
        """End it and delete what it kept."""
        product.kill_all()
        if self.cluster is not None and product.database:
            postgresql.drop_database(self.cluster.url("postgres"), product.database)
            product.database = None
        shutil.rmtree(product.folder, ignore_errors=True)


@contextmanager
def bench(database: str) -> Iterator[Bench]:
    """A place for installations on `sqlite` or `postgresql`, removed at the end."""
    PLACE.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{database}-", dir=PLACE))
    cluster = Cluster.start(durable=True) if database == "postgresql" else None
    try:
        yield Bench(database, folder, cluster)
    finally:
        if cluster is not None:
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def chosen_databases(wanted: str) -> list[str]:
    """The databases to measure: `both`, or one; PostgreSQL only where it is installed."""
    names = list(DATABASES) if wanted == "both" else [wanted]
    if "postgresql" in names and postgresql.installed() is None:
        names.remove("postgresql")
        print("PostgreSQL is not installed: not measured.")
    return names
