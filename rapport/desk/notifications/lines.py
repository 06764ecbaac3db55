"""Lines of the bell as they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.notifications import grouping, listing
from rapport.notifications.grouping import Rung
from rapport.notifications.topics import Topic, Why, sentence
from rapport.people.models import Account

_ICONS = {
    "mentioned": "at-sign",
    "assigned": "user-check",
    "team": "users",
    "answered": "mail",
    "followed": "eye",
    "note": "sticky-note",
    "trouble": "circle-alert",
    "woken": "alarm-clock",
    "taken": "pencil",
    "reopened": "rotate-ccw",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line. `numbers`: the conversations it marks as read; `inside`: the lines of a storm."""

    icon: str
    text: str
    why: str
    topic: str
    address: str
    at: datetime
    numbers: list[int]
    more: int = 0
    unread: bool = False
    inside: list[ShownLine] = field(default_factory=list)


def shown(rung: Sequence[Rung]) -> list[ShownLine]:
    """What came, newest first, as lines to show."""
    return [_shown(line) for line in grouping.lines(rung)]


def plain(rung: Iterable[Rung]) -> list[ShownLine]:
    """Each by itself."""
    return [_shown(grouping.Line(one, unread=not one.read)) for one in rung]


def count_words(count: int) -> tuple[str, str]:
    """What stands on the bell, and what a screen reader says of it."""
    shown_count = "" if not count else "99+" if count >= listing.MOST_COUNTED else str(count)
    said = ngettext("Notifications, %(n)d unread", "Notifications, %(n)d unread", count) % {"n": count}
    return shown_count, said if count else _("Notifications")


def bar(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `bell` is (number, words), read only where a page shows it."""
    return {"bell": SimpleLazyObject(lambda: _for_the_bar(request))}


def _for_the_bar(request: HttpRequest) -> tuple[str, str]:
    account = getattr(request, "user", None)
    return count_words(listing.unread_count(account) if isinstance(account, Account) else 0)


def _shown(line: grouping.Line) -> ShownLine:
    one = line.newest
    inside = [_shown(each) for each in line.inside]
    text = sentence(one.said, who=one.who, subject=one.subject)
    if inside:
        facts = {"n": len(inside), "topic": Topic(one.topic).label}
        text = ngettext("%(topic)s: %(n)d conversation", "%(topic)s: %(n)d conversations", len(inside)) % facts
    place = f"#m-{one.message}" if one.message and not inside else ""
    return ShownLine(
        icon=_ICONS[one.topic],
        text=text,
        why=str(Why(one.why).label),
        topic=one.topic,
        address=f"/conversations/{one.conversation}/{place}",
        at=one.at,
        numbers=[each.newest.conversation for each in line.inside] or [one.conversation],
        more=0 if inside else line.more,
        unread=line.unread,
        inside=inside,
    )
