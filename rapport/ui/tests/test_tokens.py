"""Colours can be read: WCAG AA in light and dark, computed from the tokens themselves."""

from __future__ import annotations

import re

import pytest

from rapport.ui.assets import FOLDER

PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
TOKENS = {name: (light, dark) for name, light, dark in PAIR.findall((FOLDER / "css" / "tokens.css").read_text())}
THEMED = re.compile(r"\[data-theme[=\]][^{}]*\{([^{}]*)\}")
TEXT = ["ink", "ink-2", "ink-3", "accent", "risk", "bad", "good"]
ON = {
    **{text: ["paper", "rail", "sheet", "raised", "hover"] for text in TEXT[:3]},
    **{text: ["paper", "sheet", "raised"] for text in TEXT[3:]},
}
CASES = [
    *((text, ground) for text, grounds in ON.items() for ground in grounds),
    ("ink", "ours"),
    ("ink-3", "ours"),
    ("good", "ours"),
    ("bad", "ours"),
    ("ink", "note"),
    ("note-ink", "note"),
    ("accent", "accent-tint"),
    ("risk", "risk-tint"),
    ("bad", "bad-tint"),
    ("good", "good-tint"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-bad", "bad"),
]


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), CASES)
def test_text_stands_out_from_its_ground(text, ground, scheme):
    assert contrast(TOKENS[text][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_border_of_a_field_can_be_seen(scheme):
    assert contrast(TOKENS["line-2"][scheme], TOKENS["raised"][scheme]) >= 3


def test_a_theme_gives_colours_and_nothing_else():
    # So every page is as large and as worded in the dark as in the light, and is judged twice for its colours only.
    assets = [path.read_text("utf-8") for kind in ("css", "js") for path in sorted(FOLDER.rglob(f"*.{kind}"))]
    assert not [text[:80] for text in assets if "prefers-color-scheme" in text]
    themed = [rule for text in assets for rule in THEMED.findall(text)]
    assert len(themed) == 2
    assert {rule.strip() for rule in themed} == {"color-scheme: light;", "color-scheme: dark;"}
