"""What every fault test needs: a seed that is shown, and installations that take mail."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import installation
from tests.faults.reporting import FIGURE, seed_of_this_run
from tests.servers.fixtures import FAILED
from tests.servers.product import Product

Tell = Callable[[str], None]


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Every choice of a fault test comes from here; the seed is shown at the end of the run."""
    seed = seed_of_this_run()
    request.node.user_properties.append((FIGURE, f"RAPPORT_FAULT_SEED={seed}"))
    return random.Random(seed)


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """Adds a line of figures to the report of the run."""
    return lambda line: request.node.user_properties.append((FIGURE, line))


@pytest.fixture
def make_installation(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Product]]:
    """Makes installations with one inbox and an open mail door; not started."""
    made: list[Product] = []

    def make(**settings: str) -> Product:
        product = installation.prepare(tmp_path / f"installation-{len(made)}", **settings)
        made.append(product)
        return product

    yield make
    for product in made:
        if request.node.stash.get(FAILED, False):
            print(f"--- the end of its log\n{product.log()[-20_000:]}")
        product.remove()
