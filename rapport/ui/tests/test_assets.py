"""Static files under addresses that change with their content."""

from __future__ import annotations

import re

from django.test import Client

from rapport.ui import assets


def test_an_address_names_the_content():
    assert re.fullmatch(r"/static/ui/icons\.svg\?v=[0-9a-f]{12}", assets.asset("ui/icons.svg"))


def test_the_sheet_holds_every_component_and_may_be_kept_for_ever():
    answer = Client().get(assets.stylesheet_address())
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content.startswith(b"@layer reset")
    assert b".composer" in answer.content


def test_everything_a_page_loads_of_ours_stays_under_its_budget():
    scripts = sum(len(path.read_bytes()) for path in (assets.FOLDER / "js").glob("*.js"))
    icons = len((assets.FOLDER / "icons.svg").read_bytes())
    assert len(assets.stylesheet()) + scripts + icons < 150_000


def test_every_icon_used_in_a_template_exists():
    known = set(re.findall(r'<symbol id="([\w-]+)"', (assets.FOLDER / "icons.svg").read_text()))
    root = assets.FOLDER.parents[2]
    used = {
        name
        for folder in ("ui", "desk", "demo")
        for path in (root / folder).rglob("*.html")
        for name in re.findall(r'icon\("([\w-]+)"\)', path.read_text())
    }
    assert used - known == set()
