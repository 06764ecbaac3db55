"""Finding conversations by their custom fields: `field:order-number=4711`, `field:amount>100`, `field:occasion`.

The field is named by its key (or its name), then comes how it is compared (`=`, `<`, `>`, `<=`, `>=`) and with what; a
field alone asks whether anything stands there. The condition language registers all of it as one field, `field`; where
conditions are built in the browser, each custom field is a field of its own: `field.order-number`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.conversations import catalogue, field_kinds
from rapport.conversations.errors import WrongValue
from rapport.conversations.filtering import IS_OR_NOT, CannotRead, Choices, Field, Operator
from rapport.conversations.models import CustomField, FieldValue
from rapport.kit import text
from rapport.people.models import Account
from rapport.people.rights import Right

_FEW = 1000
# What says in the place of a value that none stands there.
NOTHING = "none"
ORDERED = (*IS_OR_NOT, Operator.BEFORE, Operator.AFTER)
WORDS = {Operator.IS: gettext_lazy("is"), Operator.IS_NOT: gettext_lazy("is not")}
WORDS_OF_NUMBERS = WORDS | {Operator.BEFORE: gettext_lazy("is less than"), Operator.AFTER: gettext_lazy("is at least")}
HINT = gettext_lazy("The whole value, or none")
HINTS: dict[str, Any] = {
    CustomField.Kind.NUMBER: gettext_lazy("12.5, or none"),
    CustomField.Kind.DATE: gettext_lazy("2026-03-01, or none"),
}
_COMPARED = re.compile(r"([^=<>]{1,80})(?:(<=|>=|=|<|>)(.{0,300}))?", re.DOTALL)
_LOOKUPS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_ORDERED = {CustomField.Kind.NUMBER: "number", CustomField.Kind.DATE: "day"}


def query(value: str, account: Account | None, _operator: Operator) -> Q:
    """A condition on a custom field as a query on conversations. Raises CannotRead."""
    return _holding(_values(value, account))


def few(value: str, account: Account) -> Sequence[int] | None:
    """The conversations it holds for, when they are few. Raises CannotRead."""
    return _at_most(_values(value, account))


def named(key: str) -> Field | None:
    """The custom field of this key as something to compare by; one that is out of use too."""
    found = next((one for one in catalogue.read().fields.values() if one.key == key), None)
    return _offer(found) if found else None


def offered() -> Iterable[Field]:
    """Those in use, in their order."""
    return [_offer(one) for one in catalogue.read().fields.values() if one.archived_at is None]


def _offer(field: CustomField) -> Field:
    def build(value: str, account: Account | None, operator: Operator) -> Q:
        if value.strip().lower() == NOTHING:
            return ~_holding(_permitted(field, account))
        return _holding(_permitted(field, account).filter(_condition(field, compared(operator), value.strip())))

    def few_of(value: str, account: Account) -> Sequence[int] | None:
        if value.strip().lower() == NOTHING:
            return None
        return _at_most(_permitted(field, account).filter(_condition(field, "=", value.strip())))

    is_ordered = CustomField.Kind(field.kind) in _ORDERED
    return Field(
        f"field.{field.key}",
        build,
        ORDERED if is_ordered else IS_OR_NOT,
        label=field.name,
        choices=_choices(field),
        few=few_of,
        hint=HINTS.get(field.kind, HINT),
        words=WORDS_OF_NUMBERS if field.kind == CustomField.Kind.NUMBER else WORDS,
    )


def compared(operator: Operator) -> str:
    """How a value is compared: before is less than, since is that or more."""
    return {Operator.BEFORE: "<", Operator.AFTER: ">="}.get(operator, "=")


def _choices(field: CustomField) -> Choices | None:
    if field.kind == CustomField.Kind.YES_NO:
        return lambda: [("yes", _("Yes")), ("no", _("No")), (NOTHING, _("Nothing"))]
    options = list(dict.fromkeys(field_kinds.names(field)))
    return (lambda: [*((name, name) for name in options), (NOTHING, _("Nothing"))]) if options else None


def _holding(values: QuerySet[FieldValue]) -> Q:
    found = _at_most(values)
    # Newest first one soon meets a page of many; else they are looked at one by one.
    return Q(Exists(values.filter(conversation_id=OuterRef("pk")))) if found is None else Q(pk__in=found)


def _permitted(field: CustomField, account: Account | None) -> QuerySet[FieldValue]:
    if account is not None and not account.may(Right.READ_MESSAGES):
        return FieldValue.objects.none()  # finding it would tell what stands there
    return FieldValue.objects.filter(field=field)


def _at_most(values: QuerySet[FieldValue]) -> list[int] | None:
    found = list(values.values_list("conversation_id", flat=True)[: _FEW + 1])
    return found if len(found) <= _FEW else None


def _values(value: str, account: Account | None) -> QuerySet[FieldValue]:
    matched = _COMPARED.fullmatch(value.strip())
    if matched is None:
        raise CannotRead(_("Write a field, then = and a value: order-number=4711."))
    name, sign, against = matched.groups()
    field = _field(name)
    values = _permitted(field, account)
    return values.filter(_condition(field, sign, (against or "").strip())) if sign else values


def _field(name: str) -> CustomField:
    folded = text.fold(name.strip())
    for field in catalogue.read().fields.values():
        if folded in (field.key, text.fold(field.name)):
            return field
    raise CannotRead(_("There is no field “%s”.") % name.strip())


def _condition(field: CustomField, sign: str, against: str) -> Q:
    try:
        value = field_kinds.read(field, [against])
    except WrongValue as wrong:
        raise CannotRead(str(wrong)) from None
    if value is None:
        raise CannotRead(_("Say what %s should be.") % field.name)
    found = field_kinds.found_by(value)[0]
    if sign == "=":
        return Q(text=found.text)
    column = _ORDERED.get(CustomField.Kind(field.kind))
    if column is None:
        raise CannotRead(_("%s can only be compared by =.") % field.name)
    return Q(**{f"{column}__{_LOOKUPS[sign]}": getattr(found, column)})
