"""One table of keys: what templates use is in it, and no two acts share a key."""

from __future__ import annotations

import re
from pathlib import Path

from rapport.ui import keys
from rapport.ui.assets import FOLDER

ROOT = FOLDER.parents[2]
TEMPLATES = {path: path.read_text() for app in ("ui", "desk", "demo") for path in (ROOT / app).rglob("*.html")}
USED = re.compile(r"""(?:key|chord|pressed)\((["'])([a-z_]+)\1\)""")


def names_in(text: str) -> set[str]:
    return {name for _quote, name in USED.findall(text)}


def test_no_template_has_a_key_of_its_own():
    literal = re.compile(r"""data-key=(["'])(?!\{\{)""")
    assert [str(path) for path, text in TEMPLATES.items() if literal.search(text)] == []


def test_every_act_of_the_table_is_on_a_page_or_in_a_script():
    used = set().union(*map(names_in, TEMPLATES.values()))
    known = {one.name for one in keys.TABLE}
    assert used - known == set()
    scripts = "".join(path.read_text() for path in Path(FOLDER / "js").glob("*.js"))
    lost = {one.name for one in keys.TABLE if not one.by_script} - used
    assert [name for name in lost if f'"{name}"' not in scripts] == []


def test_no_key_means_two_things():
    # "/" is a macro where a line begins and the search outside of fields.
    ways = [way for one in keys.TABLE for way in one.keys if (one.name, way) != ("macro", "/")]
    assert sorted({way for way in ways if ways.count(way) > 1}) == []


def test_single_letters_that_scripts_press_reach_them():
    assert "&#34;j&#34;: &#34;next&#34;" in keys.for_scripts()
