"""What an endpoint answered, made a card: everything text, everything bounded, links to web pages only."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from rapport.kit import text
from rapport.people.errors import UnsafeLink
from rapport.people.ordering import safe_link

MOST_BYTES = 64 * 1024
_LINE = 300
_TEXT = 2000
_MOST = {"badges": 20, "fields": 40, "links": 20, "columns": 8, "rows": 50}
TONES = frozenset({"good", "risk", "bad", "note"})


class NoCard(Exception):
    """The answer is none."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A word; `tone` is one of TONES or empty."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A label and its value, which may lead somewhere."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A way to a page of the other system."""

    label: str
    url: str


@dataclass(slots=True)
class Content:
    """A card. `columns` and `rows` are one table."""

    title: str = ""
    text: str = ""
    badges: list[Badge] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.title or self.text or self.badges or self.fields or self.rows or self.links)


def read(body: bytes) -> Content:
    """The card in an answer's body. What it does not know it leaves out. Raises NoCard."""
    try:
        told = json.loads(body.decode("utf-8"), parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        raise NoCard from None
    if not isinstance(told, dict):
        raise NoCard
    content = Content(title=_line(told.get("title")), text=_text(told.get("text")))
    content.badges = [
        Badge(_line(one.get("text")), _tone(one.get("tone")))
        for one in _dicts(told, "badges")
        if _line(one.get("text"))
    ]
    content.fields = [
        Field(_line(one.get("label")), _line(one.get("value")), _url(one.get("url"))) for one in _dicts(told, "fields")
    ]
    content.links = [
        Link(_line(one.get("label")) or _url(one.get("url")), _url(one.get("url")))
        for one in _dicts(told, "links")
        if _url(one.get("url"))
    ]
    content.columns = [_line(one) for one in _list(told, "columns")]
    content.rows = [
        [_line(cell) for cell in row[: _MOST["columns"]]] for row in _list(told, "rows") if isinstance(row, list)
    ]
    return content


def _list(told: dict[str, Any], name: str) -> list[Any]:
    found = told.get(name)
    return found[: _MOST[name]] if isinstance(found, list) else []


def _dicts(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [one for one in _list(told, name) if isinstance(one, dict)]


def _line(value: Any) -> str:
    return text.clean_line(_plain(value), _LINE)


def _text(value: Any) -> str:
    return text.storable(_plain(value)).strip()[:_TEXT]


def _plain(value: Any) -> str:
    """Text and numbers; nothing that is made of parts."""
    if isinstance(value, bool) or value is None:
        return {True: "✓", False: "–", None: ""}[value]
    return str(value)[: 4 * _TEXT] if isinstance(value, str | int | float) else ""


def _tone(value: Any) -> str:
    return value if isinstance(value, str) and value in TONES else ""


def _url(value: Any) -> str:
    try:
        return safe_link(value) if isinstance(value, str) else ""
    except UnsafeLink:
        return ""
