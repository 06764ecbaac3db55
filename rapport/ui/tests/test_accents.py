"""Any accent a company chooses can be read: WCAG AA by day and by night, as words, on its tint and under its own words."""

from __future__ import annotations

import re

import pytest

from rapport.ui import accents
from rapport.ui.tests.test_tokens import TOKENS, contrast

LOUD = [
    "#ff00aa",
    "#000000",
    "#ffffff",
    "#808080",
    "#ffff00",
    "#00ff00",
    "#0000ff",
    "#ff0000",
    "#00ffff",
    "#2a4d9e",
    "#f8f5ef",
    "#15171b",
    "#fedcba",
]


@pytest.mark.parametrize("colour", LOUD)
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_is_brought_to_a_shade_that_can_be_read(colour, scheme):
    found = accents.shades(colour)
    shade = (found.light, found.dark)[scheme]
    for text in (shade.accent, shade.strong):
        for ground in ("paper", "rail", "sheet", "raised", "hover", "ours", "note"):
            assert contrast(text, TOKENS[ground][scheme]) >= 4.5, ground
        assert contrast(text, shade.tint) >= 4.5
        assert contrast(shade.on, text) >= 4.5
    assert contrast(TOKENS["ink"][scheme], shade.tint) >= 4.5


@pytest.mark.parametrize(
    ("colour", "is_darker", "is_lighter"),
    [("#8a1f5c", False, True), ("#ffe9a8", True, False), ("#ff00aa", True, True)],
)
def test_a_colour_is_left_alone_where_it_can_be_read(colour, is_darker, is_lighter):
    found = accents.shades(colour)
    assert (found.is_darker, found.is_lighter) == (is_darker, is_lighter)
    assert (found.light.accent == colour, found.dark.accent == colour) == (not is_darker, not is_lighter)


def test_the_shade_is_no_further_away_than_it_must_be():
    # One step back on the way to black and the worst of its pairs falls below 4.5:1.
    found = accents.shades("#ff00aa").light
    brighter = "#" + "".join(f"{min(255, round(int(found.accent[at : at + 2], 16) * 1.02)):02x}" for at in (1, 3, 5))
    grounds = [TOKENS[name][0] for name in accents.GROUNDS]
    assert min(contrast(brighter, ground) for ground in grounds) < 4.5


def test_the_rule_names_the_tokens_of_both_schemes_and_nothing_else():
    written = accents.rule(":root", accents.shades("#ff00aa"))
    hexed = "#[0-9a-f]{6}"
    pairs = re.findall(rf"--([\w-]+):light-dark\(({hexed}),({hexed})\);", written)
    assert [name for name, _day, _night in pairs] == ["accent", "accent-strong", "on-accent", "accent-tint"]
    assert len(written) == len(":root{}") + sum(len(f"--{name}:light-dark({a},{b});") for name, a, b in pairs)
    assert accents.default() == TOKENS["accent"][0]
