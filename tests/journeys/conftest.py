"""A furnished shop for every journey."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.shop import Shop, Surroundings, Templates, new_shop
from tests.servers.browser import Pages
from tests.servers.fixtures import FAILED
from tests.servers.product import Product
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Furnished folders of this run."""
    base = tmp_path_factory.getbasetemp()
    return Templates((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "furnished")


@pytest.fixture(scope="session")
def post_office() -> Iterator[SmtpSink]:
    """Where every shop's mail goes: at one port, which is written in the furnished folders."""
    sink = SmtpSink().start()
    yield sink
    sink.stop()


@pytest.fixture
def smtp_sink(post_office: SmtpSink) -> SmtpSink:
    """The post office, with nothing in it: the products of earlier tests are gone."""
    post_office.clear_plans()
    post_office.messages.clear()
    return post_office


@pytest.fixture
def make_shop(
    tmp_path: Path, templates: Templates, smtp_sink: SmtpSink, open_page: Pages, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Shop]]:
    """Makes shops: `make_shop(undo=0, acknowledge=True)`."""
    made: list[Product] = []

    def make_product(**settings: str) -> Product:
        product = Product.new(tmp_path / f"product-{len(made)}", tables=True, **settings)
        made.append(product)
        return product

    around = Surroundings(make_product, templates, smtp_sink, open_page)
    yield lambda **wishes: new_shop(around, **wishes)
    open_page.close()  # before the product goes, or every page complains of that
    for product in made:
        if request.node.stash.get(FAILED, False):
            print(f"--- log of {product.folder.name}\n{product.log()[-20_000:]}")
        product.remove()


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    """The usual shop: answers go out after a second, nothing is acknowledged by itself."""
    return make_shop()
