"""Colours as `#rrggbb`: read strictly, mixed, and measured as WCAG 2.2 does."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

BLACK, WHITE = "#000000", "#ffffff"
READABLE = 4.5  # WCAG 2.2 AA, text of ordinary size
_LONG = re.compile(r"#?([0-9a-f]{6})", re.ASCII)
_SHORT = re.compile(r"#?([0-9a-f])([0-9a-f])([0-9a-f])", re.ASCII)
_STEPS = 255


def read(written: str) -> str | None:
    """`#2A4D9E`, `2a4d9e` or `#abc` as `#rrggbb` in lower case; None for everything else."""
    bare = written.strip().lower()
    if found := _LONG.fullmatch(bare):
        return f"#{found[1]}"
    if found := _SHORT.fullmatch(bare):
        return "#" + "".join(digit * 2 for digit in found.groups())
    return None


@lru_cache(maxsize=1024)
def luminance(colour: str) -> float:
    """Relative luminance, 0 for black and 1 for white."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white), whichever is in front."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """`one` with a `share` (0 to 1) of `other` in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(first + (second - first) * share):02x}" for first, second in pairs)


def nearest(colour: str, *, towards: str, passes: Callable[[str], bool]) -> str:
    """The first shade on the way from `colour` to `towards` that passes; `towards` itself when none does."""
    shades = (mix(colour, towards, step / _STEPS) for step in range(_STEPS))
    return next((shade for shade in shades if passes(shade)), towards)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
