"""R-18: a slow client that stalls an upload or a download delays nobody else's page."""

from __future__ import annotations

import pytest

from bench.client import Client
from tests.faults import installation
from tests.faults.installation import AGENT
from tests.servers.slow_client import stalled_download, stalled_headers, stalled_upload

STALLED = 40
PATIENCE = 5  # seconds for a page that takes a twentieth of one; a page waiting behind a stalled client takes for ever
_UPLOAD = f"""
from rapport.files import access, attaching, storing
from rapport.people.models import Account
account = Account.objects.get(email="{AGENT}")
stored = storing.store_bytes(bytes(20_000_000))
upload = attaching.upload(stored, filename="film.bin", mime="application/octet-stream", uploader=account.pk)
print(access.signed_path(upload, viewer=account.pk))
"""


@pytest.fixture
def agent(make_installation):
    """A signed-in agent of a running installation."""
    product = make_installation()
    installation.add_agent(product)
    product.start()
    client = Client(product, AGENT, patience=PATIENCE)
    client.get("page", "/inbox/")
    return client


def test_stalled_uploads_delay_nobodys_page(agent, tell):
    headers = {"Cookie": agent.cookie, "X-CSRFToken": agent.csrf}
    with stalled_upload(agent.product.url, "/uploads/", count=STALLED, headers=headers):
        read_pages(agent)
    tell(f"{STALLED} stalled uploads: pages p50 / p95 {shown(agent)} ms")


def test_stalled_downloads_delay_nobodys_page(agent, tell):
    path = agent.product.python(_UPLOAD).strip()
    with stalled_download(agent.product.url, path, count=STALLED, headers={"Cookie": agent.cookie}) as clients:
        assert clients[0].recv(12) == b"HTTP/1.1 200"
        read_pages(agent)
    tell(f"{STALLED} stalled downloads: pages p50 / p95 {shown(agent)} ms")


def test_unfinished_headers_delay_nobodys_page(agent, tell):
    with stalled_headers(agent.product.url, count=STALLED):
        read_pages(agent)
    tell(f"{STALLED} unfinished requests: pages p50 / p95 {shown(agent)} ms")


def read_pages(client):
    """Thirty pages and acts; each raises when it does not come within PATIENCE."""
    for _ in range(30):
        client.get("page", "/inbox/")


def shown(client):
    return " / ".join(f"{figure:.0f}" for figure in client.figures("page"))
