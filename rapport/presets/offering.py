"""What presets there are, as their files say."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from rapport.hours.week import DAYS, Span, tidy

# Name and a sentence about whom it is for, by key.
_WORDS: dict[str, tuple[Any, Any]] = {
    "florist": (
        _("A small shop"),
        _("A florist, a workshop, a studio: two to ten people, one address, everybody answers."),
    ),
    "shop": (_("An online shop"), _("Orders, parcels, returns: a few people who answer many customers.")),
    "firm": (
        _("A service firm"),
        _("An agency, a practice, a trade: appointments, quotes, and customers one knows by name."),
    ),
    "large": (
        _("A large company"),
        _("A telecom, a utility, a public body: many teams, roles of your own, everything visible."),
    ),
    "plain": (_("Something else"), _("One team for everybody and nothing prepared; you add what you need.")),
}
_DATA = Path(__file__).parent / "data"
_WORKDAYS = 5
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class PreparedMacro:
    """Words and acts, each act a pair of its name and value."""

    name: str
    html: str
    acts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """The first practice mail: who writes, and what."""

    name: str
    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class Preset:
    """How companies of this trade begin. `hidden` names what they do not see at first (see people.installing.HIDABLE)."""

    key: str
    name: Any
    about: Any
    hidden: tuple[str, ...]
    teams: tuple[str, ...]
    tags: tuple[str, ...]
    macros: tuple[PreparedMacro, ...]
    days: tuple[tuple[Span, ...], ...]
    letter: Letter


@cache
def presets() -> tuple[Preset, ...]:
    """All of them, in the order they are offered."""
    files = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in _DATA.glob("*.toml")}
    return tuple(_read(key, files[key]) for key in sorted(files, key=lambda key: files[key]["order"]))


def preset(key: str) -> Preset | None:
    """The one of this key."""
    return next((one for one in presets() if one.key == key), None)


def _read(key: str, row: dict[str, Any]) -> Preset:
    macros = [
        PreparedMacro(one["name"], one["html"], tuple((act, value) for act, value in one["acts"]))
        for one in row["macros"]
    ]
    hours = row["hours"]
    spans = [hours["weekdays"]] * _WORKDAYS + [hours.get("saturday", []), hours.get("sunday", [])]
    assert len(spans) == DAYS  # noqa: S101 - our own file
    return Preset(
        key=key,
        name=_WORDS[key][0],
        about=_WORDS[key][1],
        hidden=tuple(row["hidden"]),
        teams=tuple(row["teams"]),
        tags=tuple(row["tags"]),
        macros=tuple(macros),
        days=tuple(tidy([(begin, end) for begin, end in day]) for day in spans),
        letter=Letter(row["letter"]["name"], row["letter"]["subject"], row["letter"]["words"].strip() + "\n"),
    )
