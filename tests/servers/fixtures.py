"""The stand-in servers as fixtures; loaded for every test by the conftest at the root."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.servers import dovecot as dovecot_server
from tests.servers.absence import absent
from tests.servers.dovecot import Dovecot
from tests.servers.oauth import OAuthProvider
from tests.servers.smtp_sink import SmtpSink

SHOP = "shop@example.org"
SHOP_PASSWORD = "tulips-and-roses"


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
