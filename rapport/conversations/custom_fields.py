"""Finding conversations by their custom fields: `field:order-number=4711`, `field:amount>100`, `field:occasion`.

The field is named by its key (or its name), then comes how it is compared (`=`, `<`, `>`, `<=`, `>=`) and with what; a
field alone asks whether anything stands there. The condition language registers all of it as one field, `field`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from rapport.conversations import catalogue, field_kinds
from rapport.conversations.errors import WrongValue
from rapport.conversations.filtering import CannotRead, Operator
from rapport.conversations.models import CustomField, FieldValue
from rapport.kit import text
from rapport.people.models import Account
from rapport.people.rights import Right

_FEW = 1000
_COMPARED = re.compile(r"([^=<>]{1,80})(?:(<=|>=|=|<|>)(.{0,300}))?", re.DOTALL)
_LOOKUPS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_ORDERED = {CustomField.Kind.NUMBER: "number", CustomField.Kind.DATE: "day"}


def query(value: str, account: Account | None, _operator: Operator) -> Q:
    """A condition on a custom field as a query on conversations. Raises CannotRead."""
    values = _values(value, account)
    found = _at_most(values)
    # Newest first one soon meets a page of many; else they are looked at one by one.
    return Q(Exists(values.filter(conversation_id=OuterRef("pk")))) if found is None else Q(pk__in=found)


def few(value: str, account: Account) -> Sequence[int] | None:
    """The conversations it holds for, when they are few. Raises CannotRead."""
    return _at_most(_values(value, account))


def _at_most(values: QuerySet[FieldValue]) -> list[int] | None:
    found = list(values.values_list("conversation_id", flat=True)[: _FEW + 1])
    return found if len(found) <= _FEW else None


def _values(value: str, account: Account | None) -> QuerySet[FieldValue]:
    matched = _COMPARED.fullmatch(value.strip())
    if matched is None:
        raise CannotRead(_("Write a field, then = and a value: order-number=4711."))
    if account is not None and not account.may(Right.READ_MESSAGES):
        return FieldValue.objects.none()  # finding it would tell what stands there
    named, compared, against = matched.groups()
    field = _field(named)
    values = FieldValue.objects.filter(field=field)
    if compared:
        values = values.filter(_condition(field, compared, (against or "").strip()))
    return values


def _field(named: str) -> CustomField:
    folded = text.fold(named.strip())
    for field in catalogue.read().fields.values():
        if folded in (field.key, text.fold(field.name)):
            return field
    raise CannotRead(_("There is no field “%s”.") % named.strip())


def _condition(field: CustomField, compared: str, against: str) -> Q:
    try:
        value = field_kinds.read(field, [against])
    except WrongValue as wrong:
        raise CannotRead(str(wrong)) from None
    if value is None:
        raise CannotRead(_("Say what %s should be.") % field.name)
    found = field_kinds.found_by(value)[0]
    if compared == "=":
        return Q(text=found.text)
    column = _ORDERED.get(CustomField.Kind(field.kind))
    if column is None:
        raise CannotRead(_("%s can only be compared by =.") % field.name)
    return Q(**{f"{column}__{_LOOKUPS[compared]}": getattr(found, column)})
