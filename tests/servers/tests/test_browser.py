"""Chromium as the judge of pages: what it complains of is noticed."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.servers.ports import LOOPBACK

pytestmark = pytest.mark.browser

PAGE = b"""<!doctype html><title>t</title><h1>Hello</h1><style nonce=n>
body { background: rgb(255, 255, 255) } @media (prefers-color-scheme: dark) { body { background: rgb(0, 0, 0) } }
</style>"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Security-Policy", "default-src 'none'; script-src 'nonce-n'; style-src 'nonce-n'")
        self.end_headers()
        inline = b"<script>1</script>" if self.path == "/inline" else b""
        thrown = b"<script nonce=n>throw new Error('oh')</script>" if self.path == "/throws" else b""
        self.wfile.write(PAGE + inline + thrown)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{LOOPBACK}:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def pages(open_page):
    open_page.allow("favicon")
    return open_page


def test_a_quiet_page_has_its_size_and_scheme(pages, site):
    for size, scheme, colour in (("laptop", "light", "rgb(255, 255, 255)"), ("phone", "dark", "rgb(0, 0, 0)")):
        page = pages(size, scheme=scheme, base_url=site)
        page.goto("/")
        assert page.get_by_role("heading").inner_text() == "Hello"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == colour
        assert page.evaluate("innerWidth") == {"laptop": 1440, "phone": 390}[size]
    assert pages.unexpected() == []


@pytest.mark.parametrize(
    ("path", "complaint"), [("/inline", "Content Security Policy"), ("/throws", "oh"), ("/missing", "404")]
)
def test_a_complaint_is_noticed_until_it_is_allowed(pages, site, path, complaint):
    pages().goto(site + path)
    assert complaint in "".join(pages.unexpected())
    pages.allow(complaint)
    assert pages.unexpected() == []
