"""Rows of the list as they are shown: every string made once, so that the template only writes them down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.template import loader
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from markupsafe import Markup

from rapport.channels.appointments import in_line
from rapport.conversations.listing import Row
from rapport.conversations.models import Conversation
from rapport.kit import clock
from rapport.ui.moments import Reader

_STATUS = dict(Conversation.Status.choices)
_STAGE = dict(Conversation.Stage.choices)
_PRIORITY = dict(Conversation.Priority.choices)
# Language, time zone, minute, template, query: what is written depends on besides the row.
Place = tuple[str | None, str, int, str, str]
ROW = "desk/inbox/_row.html"
MOST_KEPT = 1000
_kept: dict[tuple[Row, Place], Markup] = {}


class ShownRow(NamedTuple):
    """`when` is a `<time>`: how long somebody waits, else when the last message came. `read`: up to which message id."""

    number: int
    who: str
    subject: str
    preview: str
    status: str
    status_name: str
    priority: int
    priority_name: str
    when: Markup
    waiting: bool
    at_stamp: int
    since_stamp: int
    created_stamp: int
    last_id: int
    read: int
    unread: bool
    message_count: int
    has_attachments: bool
    held_count: int
    attention: str
    assignee_id: int | None
    assignee_name: str
    team_id: int | None
    team_name: str
    inbox_name: str
    stage_name: str
    created: Markup
    has_own_status: bool
    tags: tuple[tuple[str, str], ...]


def written(rows: Iterable[Row], *, template: str = ROW, query: str = "", now: datetime | None = None) -> list[Markup]:
    """Rows as they stand in the list (or elsewhere, by a template of the same `row`; `query` ends its addresses).

    A row that did not change is written once a minute, whoever looks at it.
    """
    now = now or clock.now()
    minute = int(now.timestamp() // 60)
    place = (translation.get_language(), timezone.get_current_timezone_name(), minute, template, query)
    write = _writer(Reader.present(now), template, query)
    return [_written(row, place, write) for row in rows]


def shown(rows: Iterable[Row], *, now: datetime | None = None) -> list[ShownRow]:
    """Rows for the template. A neutral row (no viewer) counts as read nothing; the browser knows better."""
    reader = Reader.present(now)
    return [_shown(row, reader) for row in rows]


def _written(row: Row, place: Place, write: Callable[[Row], Markup]) -> Markup:
    key = (row, place)
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[key] = write(row)
    return found


def _writer(reader: Reader, name: str, query: str) -> Callable[[Row], Markup]:
    """Writes rows in one context of the template: to make one takes as long as half a row."""
    template = loader.get_template(name).template  # type: ignore[attr-defined]
    context = template.new_context({"query": query})

    def write(row: Row) -> Markup:
        context.vars["row"] = _shown(row, reader)
        return Markup("".join(template.root_render_func(context)))  # noqa: S704

    return write


@lru_cache
def _named(_language: str, status: str, priority: int) -> tuple[str, str]:
    return str(_STATUS[Conversation.Status(status)]), str(_PRIORITY[Conversation.Priority(priority)])


def _shown(row: Row, reader: Reader) -> ShownRow:
    waiting = row.waiting_since is not None and row.status == Conversation.Status.OPEN
    since = row.waiting_since if waiting and row.waiting_since else row.last_message_at
    status_name, priority_name = _named(reader.language, row.status, row.priority)
    return ShownRow(
        number=row.number,
        who=row.who or _("Nobody yet"),
        subject=row.subject,
        preview=in_line(row.preview),
        status=row.status,
        status_name=row.own_status or status_name,
        priority=row.priority,
        priority_name=priority_name,
        when=reader.moment(since, "age" if waiting else "short"),
        waiting=waiting,
        at_stamp=int(row.last_message_at.timestamp()),
        since_stamp=int(row.waiting_since.timestamp()) if row.waiting_since else 0,
        created_stamp=int(row.created_at.timestamp()),
        last_id=row.last_message_id,
        read=0 if row.unread else row.last_message_id,
        unread=row.unread,
        message_count=row.message_count,
        has_attachments=row.has_attachments,
        held_count=row.held_count,
        attention=row.attention,
        assignee_id=row.assignee_id,
        assignee_name=row.assignee,
        team_id=row.team_id,
        team_name=row.team,
        inbox_name=row.inbox,
        stage_name=str(_STAGE[Conversation.Stage(row.stage)]) if row.stage else "",
        created=reader.moment(row.created_at, "short"),
        has_own_status=bool(row.own_status),
        tags=row.tags,
    )
