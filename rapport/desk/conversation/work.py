"""What is to be filled in, ticked and noted beside a conversation: the side panel's part about the work itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zlib import crc32

from rapport.conversations import catalogue, field_kinds, ticking, timing
from rapport.conversations.field_kinds import Value
from rapport.conversations.models import Conversation, CustomField
from rapport.people.models import Account
from rapport.people.rights import Right


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field with what stands in it. `options`: (name, whether it is chosen); `steers`: other choices depend on it."""

    pk: int
    name: str
    kind: str
    help: str
    required: bool
    value: str
    shown: str
    options: list[tuple[str, bool]]
    steers: bool


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A step of a checklist; `who` and `at` once it is ticked."""

    number: int
    words: str
    who: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownList:
    """A checklist."""

    number: int
    name: str
    open: int
    items: list[ShownItem]


@dataclass(slots=True)
class Work:
    """`templates`: checklists that can be added. `rev` changes when anything shown does."""

    number: int
    may_fill: bool
    may_note: bool
    fields: list[ShownField] = field(default_factory=list)
    lists: list[ShownList] = field(default_factory=list)
    templates: list[tuple[int, str]] = field(default_factory=list)
    notes_time: bool = False
    spent: list[timing.Spent] = field(default_factory=list)
    sums: list[tuple[str, int]] = field(default_factory=list)
    minutes: int = 0
    rev: str = ""


def work_of(account: Account, conversation: Conversation, names: Mapping[int, str]) -> Work:
    """For this account, that was just found to see the conversation. `names` of colleagues by id.

    No statement, and four where the company notes time.
    """
    living = conversation.merged_into_id is None
    work = Work(
        number=conversation.pk,
        may_fill=living and account.may(Right.MANAGE),
        may_note=living and account.may(Right.NOTE),
    )
    known = catalogue.read()
    if account.may(Right.READ_MESSAGES):
        steering = {one.parent_id for one in known.fields.values() if one.archived_at is None}
        work.fields = [_field(one, conversation, one.pk in steering) for one in known.fields_of(conversation.team_id)]
    work.lists = [_list(one, names) for one in ticking.lists_of(conversation)]
    if work.may_note:
        work.templates = [(one.pk, one.name) for one in known.living_checklists()]
    work.notes_time = account.may(Right.NOTE) and timing.is_noted()
    if work.notes_time:
        work.spent = timing.shown(account, conversation)
        work.sums = timing.sums(account, conversation)
        work.minutes = sum(minutes for _who, minutes in work.sums)
    shown = (work.fields, work.lists, work.templates, work.spent, work.may_fill, work.notes_time)
    work.rev = format(crc32(repr(shown).encode()), "x")
    return work


def _field(asked: CustomField, conversation: Conversation, steers: bool) -> ShownField:
    values: Mapping[str, Value] = conversation.fields or {}
    value = values.get(str(asked.pk))
    chosen = set(value) if isinstance(value, list) else {str(value)} if value is not None else set()
    of = str(values.get(str(asked.parent_id)) or "") if asked.parent_id else None
    offered = field_kinds.names(asked, of=of)
    offered += [one for one in sorted(chosen) if asked.options and one not in offered]  # no option any more, and kept
    return ShownField(
        pk=asked.pk,
        name=asked.name,
        kind=asked.kind,
        help=asked.help,
        required=asked.required,
        value=_written(value),
        shown=field_kinds.shown(asked, value),
        options=[(name, name in chosen) for name in offered],
        steers=steers,
    )


def _written(value: Value) -> str:
    """As an input holds it."""
    if value is None or isinstance(value, list):
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _list(one: ticking.Checklist, names: Mapping[int, str]) -> ShownList:
    items = [ShownItem(item.number, item.words, names.get(item.by or 0, ""), item.at) for item in one.items]
    return ShownList(one.number, one.name, one.open, items)
