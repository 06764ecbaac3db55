"""Custom fields are filled in, and found by what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from rapport.conversations import access, catalogue, field_kinds, history, locking
from rapport.conversations.errors import FieldsMissing, NotFound, WrongValue
from rapport.conversations.field_kinds import Value
from rapport.conversations.models import Conversation, CustomField, FieldValue
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.search import indexing


def fill(conversation: Conversation, field: CustomField, *, written: Sequence[str], by: Account | None) -> Value:
    """Set a field to what a person wrote; nothing empties it. What depended on another choice is emptied with it.

    Raises WrongValue, NotAllowed, NotFound for a field that this conversation is not asked for.
    """
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        asked = catalogue.read().fields_of(conversation.team_id)
        if field.pk not in {one.pk for one in asked}:
            raise NotFound
        value = field_kinds.read(field, written)
        _fits_parent(conversation, field, value)
        store(conversation, field, value, by=by)
        if value is not None:
            for dependent in (one for one in asked if one.parent_id == field.pk):
                if _stands(conversation, dependent) not in (None, *field_kinds.names(dependent, of=str(value))):
                    store(conversation, dependent, None, by=by)
        return value


def store(conversation: Conversation, field: CustomField, value: Value, *, by: Account | None) -> None:
    """Keep a value that was read before; `fill` for what people wrote. The conversation is locked by the caller."""
    values: dict[str, Any] = dict(conversation.fields or {})
    before = values.pop(str(field.pk), None)
    if before == value and type(before) is type(value):
        return
    if value is not None:
        values[str(field.pk)] = value
    conversation.fields = values or None
    conversation.save(update_fields=["fields"])
    FieldValue.objects.filter(conversation=conversation, field=field).delete()
    FieldValue.objects.bulk_create(
        FieldValue(conversation=conversation, field=field, text=one.text, number=one.number, day=one.day)
        for one in field_kinds.found_by(value)
    )
    if isinstance(value, str):
        indexing.add_to_conversation(conversation.pk, value)
    facts = {"field": field.pk, "name": field.name, "from": before, "to": value}
    history.changed(conversation, "field", by=by, **facts)


def put_back(conversation: Conversation, field_id: int, value: Value, *, by: Account | None) -> None:
    """As it was before a change that is undone; a field that has been archived meanwhile too."""
    access.demand(by, Right.MANAGE)
    field = catalogue.read().fields.get(field_id)
    if field is not None:
        store(locking.lock_living(conversation), field, value, by=by)


def missing(conversation: Conversation) -> list[CustomField]:
    """Fields that must be filled in before closing, and are not."""
    values = conversation.fields or {}
    asked = catalogue.read().fields_of(conversation.team_id)
    return [field for field in asked if field.required and values.get(str(field.pk)) is None]


def demand_complete(conversation: Conversation) -> None:
    """Raises FieldsMissing when a person may not close it yet."""
    names = [field.name for field in missing(conversation)]
    if names:
        raise FieldsMissing(conversation.pk, names)


def join(source: Conversation, target: Conversation) -> list[str]:
    """A merge: what the target does not know it learns from the source. The ids of those fields."""
    known, theirs = target.fields or {}, source.fields or {}
    new = [key for key in theirs if key not in known]
    fields = CustomField.objects.in_bulk([int(key) for key in new])
    for key in new:
        if int(key) in fields:
            store(target, fields[int(key)], theirs[key], by=None)
    return new


def part(target: Conversation, learned: Sequence[str], *, source: Conversation) -> None:
    """The merge is undone: what was learned goes, unless somebody changed it since."""
    values, theirs = target.fields or {}, source.fields or {}
    for field in CustomField.objects.filter(pk__in=[int(key) for key in learned]):
        if values.get(str(field.pk)) == theirs.get(str(field.pk)):
            store(target, field, None, by=None)


def words(conversation: Conversation) -> list[str]:
    """What search finds it by."""
    return [value for value in (conversation.fields or {}).values() if isinstance(value, str)]


def _stands(conversation: Conversation, field: CustomField) -> Value:
    value: Value = (conversation.fields or {}).get(str(field.pk))
    return value


def _fits_parent(conversation: Conversation, field: CustomField, value: Value) -> None:
    """A choice that depends on another one must belong to what stands there."""
    if field.parent_id is None or not isinstance(value, str):
        return
    parent = catalogue.read().fields[field.parent_id]
    stands = _stands(conversation, parent)
    if value not in field_kinds.names(field, of=str(stands or "")):
        raise WrongValue.of_parent(value, parent.name)
