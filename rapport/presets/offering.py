"""What presets there are, as their files say."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, pgettext
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


def presets() -> tuple[Preset, ...]:
    """All of them, in the order they are offered and in the language that is active."""
    return _presets(get_language() or "")


@cache
def _presets(_language: str) -> tuple[Preset, ...]:
    files = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in _DATA.glob("*.toml")}
    return tuple(_read(key, files[key]) for key in sorted(files, key=lambda key: files[key]["order"]))


def preset(key: str) -> Preset | None:
    """The one of this key."""
    return next((one for one in presets() if one.key == key), None)


def _worded(text: str) -> str:
    """As a company that speaks the active language would write it; tools.messages collects these."""
    return pgettext("prepared for a new company", text)


def _act(written: list[str]) -> tuple[str, str]:
    act, value = written
    return act, _worded(value) if act == "tag" else value


def _read(key: str, row: dict[str, Any]) -> Preset:
    macros = [
        PreparedMacro(_worded(one["name"]), _worded(one["html"]), tuple(map(_act, one["acts"])))
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
        teams=tuple(map(_worded, row["teams"])),
        tags=tuple(map(_worded, row["tags"])),
        macros=tuple(macros),
        days=tuple(tidy([(begin, end) for begin, end in day]) for day in spans),
        letter=Letter(
            row["letter"]["name"], _worded(row["letter"]["subject"]), _worded(row["letter"]["words"].strip()) + "\n"
        ),
    )
