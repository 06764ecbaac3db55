"""A furnished installation, its archive, and bare places to restore into."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.product import Kept, Product
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture(scope="session")
def sink() -> Iterator[SmtpSink]:
    """Where every mail of these installations would go."""
    sink = SmtpSink().start()
    yield sink
    sink.stop()


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory, sink: SmtpSink) -> Iterator[Product]:
    """Furnished and not running; tests leave it as it is."""
    product = Product.new(tmp_path_factory.mktemp("original"), tables=True)
    product.python(
        "from rapport.config import starting; from tests.backups.furnishing import furnish; "
        f"starting.migrate(); furnish({sink.port})"
    )
    yield product
    product.remove()


@pytest.fixture(scope="session")
def archive(original: Product) -> Path:
    """A backup of it."""
    target = original.folder / "backup.tar.gz"
    done = original.command("backup", str(target))
    assert done.returncode == 0, done.stderr.decode()
    return target


@pytest.fixture
def make_bare(tmp_path: Path) -> Iterator[Callable[..., Product]]:
    """Makes installations with nothing in them, not even tables."""
    made: list[Product] = []

    def make(**settings: str) -> Product:
        made.append(Product.new(tmp_path / f"bare-{len(made)}", tables=False, **settings))
        return made[-1]

    yield make
    for product in made:
        product.remove()


@pytest.fixture
def bare(make_bare: Callable[..., Product]) -> Product:
    """One of them."""
    return make_bare()


@pytest.fixture(scope="session")
def first_restored(original: Product, archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A restored copy with the keys of the original, which the others are copies of."""
    place = tmp_path_factory.mktemp("restored")
    product = Product.new(place, tables=False)
    shutil.copy(original.home / "keys.json", product.home / "keys.json")
    done = product.command("restore", str(archive))
    assert done.returncode == 0, done.stderr.decode()
    kept = product.keep(place / "kept")
    product.remove()
    yield kept
    kept.remove()


@pytest.fixture
def restored(first_restored: Kept, bare: Product) -> Product:
    """A restored copy with the keys of the original, not running."""
    bare.take(first_restored)
    return bare
