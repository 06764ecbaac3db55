"""What a browser needs to install Rapport, and what its service worker may keep."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from rapport.ui import assets, installable

pytestmark = pytest.mark.django_db


def kept() -> list[str]:
    found = re.match(r"const KEPT = (\[.*\]);", Client().get("/ui/worker.js").content.decode())
    assert found is not None
    return list(json.loads(found[1]))


def test_the_manifest_names_icons_of_the_sizes_it_says():
    manifest = Client().get("/ui/manifest.webmanifest")
    content = manifest.json()
    assert manifest["Content-Type"] == "application/manifest+json"
    assert (content["start_url"], content["scope"], content["display"]) == ("/", "/", "standalone")
    assert {icon["purpose"] for icon in content["icons"]} == {"any", "maskable"}
    for icon in content["icons"]:
        path = finders.find(icon["src"].partition("?")[0].removeprefix("/static/"))
        assert isinstance(path, str)
        width, height = struct.unpack(">II", Path(path).read_bytes()[16:24])
        assert icon["sizes"] == f"{width}x{height}"


def test_the_worker_reaches_every_page_but_keeps_only_our_own_files():
    assert Client().get("/ui/worker.js")["Service-Worker-Allowed"] == "/"
    assert [address.partition("?")[0] for address in kept()] == [
        "/ui/offline/",
        "/ui/style.css",
        "/static/ui/mark.svg",
        "/static/ui/icons.svg",
    ]
    written = installable._worker("en")
    # One way into the cache, filled once with the list above and without cookies.
    assert written.count("addAll") == 1
    assert "cache.put" not in written
    assert ".add(" not in written
    assert 'credentials: "omit"' in written


def test_the_page_without_a_connection_names_nobody_and_needs_nothing_that_is_not_kept():
    page = Client().get("/ui/offline/").content.decode()
    needed = re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="([^"]+)"', page)
    assert set(needed) <= set(kept())
    assert "<script" not in page


def test_a_new_style_makes_a_new_worker(monkeypatch):
    before = installable._worker("en")
    monkeypatch.setattr(assets, "stylesheet_address", lambda: "/ui/style.css?v=another")
    installable._worker.cache_clear()
    try:
        assert installable._worker("en") != before
    finally:
        installable._worker.cache_clear()
