"""One colour of a company's own as the accent of every page: brought to shades that can be read, by day and by night."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rapport.kit import colours
from rapport.ui.assets import FOLDER

_PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
# What links and other words in the accent stand on, somewhere on our pages.
GROUNDS = ("paper", "rail", "sheet", "raised", "hover", "ours", "note")


@dataclass(frozen=True, slots=True)
class Shade:
    """The accent in one scheme: itself, `strong` under the pointer, `on` for words upon both, `tint` as a soft ground."""

    accent: str
    strong: str
    on: str
    tint: str


@dataclass(frozen=True, slots=True)
class Shades:
    """A colour in both schemes. `is_darker`, `is_lighter`: by day or by night another shade than the one chosen."""

    chosen: str
    light: Shade
    dark: Shade

    @property
    def is_darker(self) -> bool:
        """Whether it had to be made darker to be read on paper."""
        return self.light.accent != self.chosen

    @property
    def is_lighter(self) -> bool:
        """Whether it had to be made lighter to be read on ink."""
        return self.dark.accent != self.chosen


def default() -> str:
    """Rapport's own accent, as it stands on paper."""
    return _tokens()["accent"][0]


@lru_cache(maxsize=64)
def shades(colour: str) -> Shades:
    """The nearest shades of `#rrggbb` that reach 4.5:1 as words on every ground and tint, and under their own words."""
    return Shades(
        colour,
        light=_readable(colour, scheme=0, towards=colours.BLACK),
        dark=_readable(colour, scheme=1, towards=colours.WHITE),
    )


def rule(selector: str, found: Shades) -> str:
    """The CSS rule that gives everything within the selector these shades."""
    pairs = {
        "accent": (found.light.accent, found.dark.accent),
        "accent-strong": (found.light.strong, found.dark.strong),
        "on-accent": (found.light.on, found.dark.on),
        "accent-tint": (found.light.tint, found.dark.tint),
    }
    inside = "".join(f"--{name}:light-dark({day},{night});" for name, (day, night) in pairs.items())
    return f"{selector}{{{inside}}}"


def _readable(colour: str, *, scheme: int, towards: str) -> Shade:
    grounds = [_tokens()[name][scheme] for name in GROUNDS]

    def made(accent: str) -> Shade:
        strong = colours.mix(accent, towards, 0.25)
        words = (_tokens()["on-accent"][0], _tokens()["on-accent"][1])
        on = max(words, key=lambda one: min(colours.contrast(one, accent), colours.contrast(one, strong)))
        tint = colours.mix(_tokens()["raised" if scheme == 0 else "sheet"][scheme], accent, 0.1)
        return Shade(accent, strong, on, tint)

    def passes(accent: str) -> bool:
        one = made(accent)
        pairs = [(text, ground) for text in (accent, one.strong) for ground in (*grounds, one.tint, one.on)]
        return all(colours.contrast(text, ground) >= colours.READABLE for text, ground in pairs)

    return made(colours.nearest(colour, towards=towards, passes=passes))


@cache
def _tokens() -> dict[str, tuple[str, str]]:
    written = (FOLDER / "css" / "tokens.css").read_text(encoding="utf-8")
    return {name: (day, night) for name, day, night in _PAIR.findall(written)}
