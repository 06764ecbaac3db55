"""Finding conversations by who the customer is: VIP, language, and the company's own details (`detail.plan`).

Values of a customer who was merged into another are those of the one who stands for them. Whoever may not read what
customers write finds nothing by any of these: an answer would tell who the customer is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf.locale import LANG_INFO
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.conversations import catalogue
from rapport.conversations.custom_fields import HINT, HINTS, NOTHING, ORDERED, WORDS, WORDS_OF_NUMBERS, compared
from rapport.conversations.filtering import IS_OR_NOT, CannotRead, Choices, Family, Field, Operator
from rapport.conversations.models import Conversation
from rapport.kit import text
from rapport.people import attributes
from rapport.people.attributes import Definition
from rapport.people.errors import WrongValue
from rapport.people.models import Account, Attribute, AttributeValue, Customer
from rapport.people.rights import Right

_FEW = 1000
# Merges upon merges are followed so far.
_GENERATIONS = 2
_LOOKUPS = {"=": "", "<": "__lt", ">=": "__gte"}
_YES_NO = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))


def vip(value: str, account: Account | None, _operator: Operator) -> Q:
    """Whether the customer is marked as a VIP: yes or no."""
    if value.lower() not in ("yes", "no"):
        raise CannotRead(_("Say yes or no."))
    marked = _of_living(_readable(account).filter(vip=True))
    return marked if value.lower() == "yes" else ~marked


def few_vips(value: str, account: Account) -> Sequence[int] | None:
    """The conversations of VIPs, when they are few."""
    return _conversations_of(_readable(account).filter(vip=True)) if value.lower() == "yes" else None


def language(value: str, account: Account | None, _operator: Operator) -> Q:
    """The customer's language, by its code or its own name; `none` where nobody knows it. Raises CannotRead."""
    return _of_living(_readable(account).filter(language=_code(value)))


def few_of_language(value: str, account: Account) -> Sequence[int] | None:
    """The conversations in a rare language. Raises CannotRead."""
    code = _code(value)
    return _conversations_of(_readable(account).filter(language=code)) if code else None


def languages() -> Iterable[tuple[str, str]]:
    """Those one may choose, by name."""
    named = [(code, str(info["name_local"]).capitalize()) for code, info in LANG_INFO.items() if "name_local" in info]
    return [(NOTHING, _("Not known")), *sorted(named, key=lambda pair: text.fold(pair[1]))]


def family() -> Family:
    """The company's own details of customers as fields: `detail.plan`."""
    return Family(_named, _offered)


def _named(key: str) -> Field | None:
    found = catalogue.read().details.get(key)
    return _offer(found[0]) if found else None


def _offered() -> Iterable[Field]:
    return [_offer(detail) for detail, is_used in catalogue.read().details.values() if is_used]


def _offer(detail: Definition) -> Field:
    def build(value: str, account: Account | None, operator: Operator) -> Q:
        values = AttributeValue.objects.filter(attribute_id=detail.pk)
        if value.strip().lower() == NOTHING:
            return ~_of_living(_readable(account), values)
        return _of_living(_readable(account), values.filter(_condition(detail, compared(operator), value)))

    def few(value: str, account: Account) -> Sequence[int] | None:
        if value.strip().lower() == NOTHING:
            return None
        values = AttributeValue.objects.filter(_condition(detail, "=", value), attribute_id=detail.pk)
        return _conversations_of(_readable(account), values)

    kind = Attribute.Kind(detail.kind)
    return Field(
        f"detail.{detail.key}",
        build,
        ORDERED if kind in (Attribute.Kind.NUMBER, Attribute.Kind.DATE) else IS_OR_NOT,
        label=_("Customer: %(detail)s") % {"detail": detail.label},
        choices=_choices(detail),
        few=few,
        hint=HINTS.get(str(kind), HINT),
        words=WORDS_OF_NUMBERS if kind == Attribute.Kind.NUMBER else WORDS,
    )


def _choices(detail: Definition) -> Choices | None:
    if detail.kind == Attribute.Kind.BOOLEAN:
        return lambda: [*_YES_NO, (NOTHING, _("Nothing"))]
    if detail.kind == Attribute.Kind.CHOICE:
        return lambda: [*((choice, choice) for choice in detail.choices), (NOTHING, _("Nothing"))]
    return None


def _condition(detail: Definition, sign: str, written: str) -> Q:
    try:
        value = detail.read(written)
    except WrongValue as wrong:
        raise CannotRead(str(wrong)) from None
    if value is None:
        raise CannotRead(_("Say what %s should be.") % detail.label)
    number = attributes.number(value)
    column, found = ("folded", attributes.folded(value)) if number is None else ("number", number)
    return Q(**{column + _LOOKUPS[sign]: found})


def _code(value: str) -> str:
    wanted = text.fold(value.strip())
    if wanted == NOTHING:
        return ""
    for code, info in LANG_INFO.items():
        if wanted in (code, *(text.fold(str(info[name])) for name in ("name", "name_local") if name in info)):
            return code
    raise CannotRead(_("“%s” is no language. Write it like de, en or pt-br.") % value)


def _readable(account: Account | None) -> QuerySet[Customer]:
    if account is not None and not account.may(Right.READ_MESSAGES):
        return Customer.objects.none()
    return Customer.objects.all()


def _of_living(customers: QuerySet[Customer], values: QuerySet[AttributeValue] | None = None) -> Q:
    """Conversations whose customer, or who stands for them, is among these, or has one of these values."""
    stands = Coalesce(
        OuterRef("customer__canonical__canonical_id"), OuterRef("customer__canonical_id"), OuterRef("customer_id")
    )
    if values is None or customers.query.is_empty():
        return Q(Exists(customers.filter(pk=stands)))
    return Q(Exists(values.filter(customer_id=stands)))


def _conversations_of(
    customers: QuerySet[Customer], values: QuerySet[AttributeValue] | None = None
) -> Sequence[int] | None:
    """Those of these customers, or of who has one of these values, and of all merged into them; None: they are many."""
    if customers.query.is_empty():
        return []
    ids = customers.values_list("pk", flat=True) if values is None else values.values_list("customer_id", flat=True)
    found = _at_most(ids)
    younger: list[int] | None = found
    for _generation in range(_GENERATIONS):
        if not younger or found is None:
            break
        younger = _at_most(Customer.objects.filter(canonical_id__in=younger).values_list("pk", flat=True))
        found = None if younger is None else found + younger
    if found is None:
        return None
    return _at_most(Conversation.objects.filter(customer_id__in=found).values_list("pk", flat=True))


def _at_most(ids: Any) -> list[int] | None:
    found = list(ids[: _FEW + 1])
    return found if len(found) <= _FEW else None
