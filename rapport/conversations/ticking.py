"""Checklists on a conversation: added from a template, each item ticked by somebody at some time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from rapport.conversations import access, history, locking
from rapport.conversations.errors import NotFound, WrongValue
from rapport.conversations.models import ChecklistTemplate, Conversation
from rapport.kit import clock, text
from rapport.people.models import Account
from rapport.people.rights import Right

MOST_LISTS = 10


@dataclass(frozen=True, slots=True)
class Item:
    """One step; `by` and `at` once somebody has ticked it."""

    number: int
    words: str
    by: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """A list of a conversation. `number` is its own within the conversation."""

    number: int
    name: str
    items: tuple[Item, ...]

    @property
    def open(self) -> int:
        """How many steps are left."""
        return sum(1 for item in self.items if item.at is None)


def lists_of(conversation: Conversation) -> list[Checklist]:
    """In the order they were added."""
    return [_list(one) for one in conversation.checklists or ()]


def open_items(conversation: Conversation) -> int:
    """How many steps are left on all its lists."""
    return sum(one.open for one in lists_of(conversation))


def add(conversation: Conversation, template: ChecklistTemplate, *, by: Account) -> Checklist:
    """A list of the template's steps, as they are today. Raises WrongValue beyond MOST_LISTS, NotAllowed."""
    access.demand(by, Right.NOTE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        lists = list(conversation.checklists or ())
        if len(lists) >= MOST_LISTS:
            raise WrongValue.of_options(MOST_LISTS)
        number = max((one["n"] for one in lists), default=0) + 1
        added = {"n": number, "name": template.name, "items": [{"words": words} for words in template.items]}
        _store(conversation, [*lists, added])
        history.changed(conversation, "checklist_added", by=by, list=number, name=template.name)
        return _list(added)


def remove(conversation: Conversation, *, number: int, by: Account) -> None:
    """Take a list off; the history keeps what was ticked. Raises NotFound, NotAllowed."""
    access.demand(by, Right.NOTE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        lists = list(conversation.checklists or ())
        gone = _named(lists, number)
        _store(conversation, [one for one in lists if one is not gone])
        history.changed(conversation, "checklist_removed", by=by, list=number, name=gone["name"], items=gone["items"])


def tick(conversation: Conversation, *, number: int, item: int, done: bool, by: Account) -> Checklist:
    """Tick a step, or take the tick off; who was first stays. Raises NotFound, NotAllowed."""
    access.demand(by, Right.NOTE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        lists = list(conversation.checklists or ())
        found = _named(lists, number)
        if not 0 <= item < len(found["items"]):
            raise NotFound
        step = found["items"][item]
        if ("at" in step) != done:
            ticked = {"by": by.pk, "at": clock.utc_iso(clock.now())} if done else {}
            found["items"][item] = {"words": step["words"], **ticked}
            _store(conversation, lists)
            words = text.truncate(step["words"], 100)
            history.changed(conversation, "ticked" if done else "unticked", by=by, list=number, item=item, name=words)
        return _list(found)


def join(source: Conversation, target: Conversation) -> list[int]:
    """A merge: the source's lists are worked off in the target. Their numbers there."""
    lists, theirs = list(target.checklists or ()), list(source.checklists or ())
    first = max((one["n"] for one in lists), default=0) + 1
    added = [{**one, "n": number} for number, one in enumerate(theirs, start=first)]
    if added:
        _store(target, lists + added)
    return [one["n"] for one in added]


def part(target: Conversation, numbers: Sequence[int], *, source: Conversation) -> None:
    """The merge is undone: the lists go back, as far as they have been worked off."""
    lists = list(target.checklists or ())
    back = [one for one in lists if one["n"] in numbers]
    if not numbers:
        return
    _store(target, [one for one in lists if one["n"] not in numbers])
    _store(source, [{**one, "n": number} for number, one in enumerate(back, start=1)])


def _store(conversation: Conversation, lists: list[dict[str, Any]]) -> None:
    conversation.checklists = lists or None
    conversation.save(update_fields=["checklists"])


def _named(lists: list[dict[str, Any]], number: int) -> dict[str, Any]:
    found = next((one for one in lists if one["n"] == number), None)
    if found is None:
        raise NotFound
    return found


def _list(kept: dict[str, Any]) -> Checklist:
    items = tuple(
        Item(number, one["words"], one.get("by"), datetime.fromisoformat(one["at"]) if "at" in one else None)
        for number, one in enumerate(kept["items"])
    )
    return Checklist(kept["n"], kept["name"], items)
