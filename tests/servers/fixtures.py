"""The stand-in servers as fixtures; loaded for every test by the conftest at the root."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.servers import browser as chromium
from tests.servers import dovecot as dovecot_server
from tests.servers.absence import absent
from tests.servers.browser import Pages
from tests.servers.certificates import Certificates, trusted
from tests.servers.commands import CHECKOUT
from tests.servers.dovecot import Dovecot
from tests.servers.oauth import OAuthProvider
from tests.servers.product import Product
from tests.servers.smtp_sink import SmtpSink

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHOP = "shop@example.org"
SHOP_PASSWORD = "tulips-and-roses"
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, so that its fixtures can keep evidence."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture
def trusted_certificates(monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """Makes this process trust the certificates of the stand-ins, as an operator's authority would be trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted().authority))
    return trusted()


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A plain SMTP sink; make `SmtpSink(tls=…, users=…)` yourself for other kinds."""
    sink = SmtpSink().start()
    yield sink
    sink.stop()


@pytest.fixture
def oauth_provider() -> Iterator[OAuthProvider]:
    """An OAuth 2 provider with one user, shop@example.org."""
    provider = OAuthProvider(user=SHOP).start()
    yield provider
    provider.stop()


@pytest.fixture
def make_dovecot() -> Iterator[Callable[..., Dovecot]]:
    """Makes and starts Dovecot servers: `make_dovecot(users={…}, introspection_url=…)`."""
    if not dovecot_server.installed():
        absent("Dovecot is not installed (Debian: apt-get install dovecot-imapd dovecot-lmtpd)")
    made: list[Dovecot] = []

    def make(**options: object) -> Dovecot:
        server = Dovecot(**({"users": {SHOP: SHOP_PASSWORD}} | options))  # type: ignore[arg-type]
        made.append(server)
        return server.start()

    yield make
    for server in made:
        server.remove()


@pytest.fixture
def dovecot(make_dovecot: Callable[..., Dovecot]) -> Dovecot:
    """A Dovecot with one mailbox, shop@example.org."""
    return make_dovecot()


@pytest.fixture
def make_product(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Product]]:
    """Makes and starts installations of the product: `make_product(RAPPORT_DEMO="yes")`."""
    made: list[Product] = []

    def make(*arguments: str, **settings: str) -> Product:
        product = Product.new(tmp_path / f"product-{len(made)}", *arguments, tables=True, **settings)
        made.append(product)
        return product.start()

    yield make
    for product in made:
        if request.node.stash.get(FAILED, False):
            print(f"--- log of {product.folder.name}\n{product.log()[-20_000:]}")
        product.remove()


@pytest.fixture
def product(make_product: Callable[..., Product]) -> Product:
    """An empty installation, running."""
    return make_product()


@pytest.fixture(scope="session")
def browser_process() -> Iterator[Browser]:
    """One Chromium for the whole session."""
    if chromium.installed() is None:
        absent("Chromium is not installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, which Django would take for an asynchronous view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser_process: Browser, request: pytest.FixtureRequest) -> Iterator[Pages]:
    """Opens pages; at the end the test fails if a page complained and nobody allowed it."""
    pages = Pages(browser_process)
    yield pages
    photograph_if_failed(pages, request)
    pages.close()
    fail_if_complained(pages)


def photograph_if_failed(pages: Pages, request: pytest.FixtureRequest) -> None:
    """Keep what the pages of a failed test show."""
    if request.node.stash.get(FAILED, False):
        pages.photograph(CHECKOUT / "build" / "failures", request.node.name.replace("/", "-"))


def fail_if_complained(pages: Pages) -> None:
    """Fail the test if a page complained and nobody allowed it."""
    if unexpected := pages.unexpected():
        pytest.fail("the page complained:\n" + "\n".join(unexpected))


@pytest.fixture
def page(open_page: Pages) -> Page:
    """One page, laptop size, light."""
    return open_page()
