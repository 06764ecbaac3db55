"""Static files under addresses that change with their content."""

from __future__ import annotations

import re

from django.test import Client

from rapport.ui import assets

FRAMES = [(assets.FOLDER.parents[1] / "templates/ui" / name).read_text() for name in ("frame.html", "page.html")]


def test_an_address_names_the_content():
    assert re.fullmatch(r"/static/ui/icons\.svg\?v=[0-9a-f]{12}", assets.asset("ui/icons.svg"))


def test_the_sheet_holds_every_component_and_may_be_kept_for_ever():
    answer = Client().get(assets.stylesheet_address())
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content.startswith(b"@layer reset")
    assert b".composer" in answer.content


# What comes only with the rich editor, after the page.
EDITOR = {"editor.js", "pictures.js", "pasting.js", "typing.js", "linking.js", "mentions.js"}


def loaded(names: set[str]) -> set[str]:
    """The scripts of these behaviours and all they import, without the editor's."""
    known: set[str] = set()
    while names - known:
        name = (names - known).pop()
        known.add(name)
        text = (assets.FOLDER / "js" / name).read_text()
        names |= set(re.findall(r'from "ui/([a-z]+\.js)"', text)) - EDITOR
    return known


def test_everything_a_page_loads_of_ours_stays_under_its_budget():
    pages = {path.as_posix(): path.read_text() for path in assets.FOLDER.parents[2].rglob("templates/**/*.html")}
    everywhere = set(re.findall(r'"([a-z]+)"', " ".join(re.findall(r"behaviours\(([^)]*)\)", "".join(FRAMES)))))
    icons = len((assets.FOLDER / "icons.svg").read_bytes())
    for path, page in pages.items():
        asked = set(re.findall(r'"([a-z]+)"', " ".join(re.findall(r"behaviours\(([^)]*)\)", page))))
        scripts = loaded({f"{name}.js" for name in asked | everywhere} - EDITOR)
        size = sum(len((assets.FOLDER / "js" / name).read_bytes()) for name in scripts)
        sheets = set(re.findall(r"static\('ui/([a-z/]+\.css)'\)", page))
        sheets |= {"pages/settings.css"} if "/desk/settings/" in path else set()
        size += sum(len((assets.FOLDER / name).read_bytes()) for name in sheets)
        assert len(assets.stylesheet()) + size + icons < 150_000, (sorted(scripts), sheets)


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


def test_every_style_turns_with_the_direction_of_writing():
    """Right-to-left needs no style of its own as long as nobody writes left or right."""
    physical = re.compile(
        r"(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b|(?<![\w-])(?:left|right)\s*:"
        r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b|border-(?:top|bottom)-(?:left|right)-radius"
    )
    sheets = [*(assets.FOLDER / "css").glob("*.css"), *(assets.FOLDER / "pages").glob("*.css")]
    found = {path.name: physical.findall(path.read_text("utf-8")) for path in sheets}
    assert len(sheets) > 20
    assert not {name: words for name, words in found.items() if words}
