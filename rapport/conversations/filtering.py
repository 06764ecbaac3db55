"""One condition language for views, search, and later rules, SLA policies, routing and reports.

A condition is a field, an operator of an enumerated set, and a value; a field turns the two into a query. Higher apps
register fields of their own. The query language (`status:open -tag:vip tulips`) is a way to write conditions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rapport.conversations.models import Conversation
from rapport.people.models import Account

MAX_CONDITIONS = 30
MAX_QUERY_CHARS = 1000
_TOKEN = re.compile(r'(-?)([a-z]{2,20}):("[^"]*"|[^\s"]+)|"([^"]*)"|(\S+)', re.IGNORECASE)


class Operator(StrEnum):
    """How a field and a value are compared."""

    IS = "is"
    IS_NOT = "is_not"
    BEFORE = "before"
    AFTER = "after"


class CannotRead(ValueError):
    """A value that a field cannot be compared with; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `value` is what a person wrote; the field reads it when the filter is applied."""

    field: str
    operator: Operator
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """Something to compare by. `build` reads a value for a viewer and gives the query; raises CannotRead."""

    name: str
    build: Callable[[str, Account | None, Operator], Q]
    operators: frozenset[Operator] = frozenset({Operator.IS, Operator.IS_NOT})


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold, words to find, and what of the query could not be understood (sentences)."""

    conditions: tuple[Condition, ...] = ()
    words: str = ""
    problems: tuple[str, ...] = ()


_FIELDS: dict[str, Field] = {}


def register(new: Field) -> None:
    """Add a field. Raises ValueError when the name is taken."""
    if new.name in _FIELDS:
        raise ValueError(f"The field {new.name} is registered already.")
    _FIELDS[new.name] = new


def known_fields() -> list[str]:
    """Names of the registered fields, sorted."""
    return sorted(_FIELDS)


def parse_query(written: str) -> Filter:
    """Read what a person typed: `field:value`, `-field:value`, `field:"two words"`; all else are words to find.

    Never raises: unknown fields are taken as words (a time like 12:30 is one).
    """
    conditions: list[Condition] = []
    words: list[str] = []
    for match in _TOKEN.finditer(written[:MAX_QUERY_CHARS]):
        minus, name, value, quoted, word = match.groups()
        known = _FIELDS.get(name.lower()) if name else None
        if known is None:
            words.append(quoted if quoted is not None else word if word is not None else match.group())
        elif len(conditions) < MAX_CONDITIONS:
            conditions.append(Condition(known.name, _operator(known, minus), value.strip('"')))
    return Filter(tuple(conditions), " ".join(words).strip(), tuple(_problems(conditions)))


def apply(chosen: Filter, conversations: QuerySet[Conversation], *, account: Account | None) -> QuerySet[Conversation]:
    """The conversations for which every condition holds. One that cannot be read matches nothing. Words: see finding."""
    for condition in chosen.conditions:
        try:
            conversations = conversations.filter(query(condition, account=account))
        except CannotRead:
            return conversations.none()
    return conversations


def statuses(chosen: Filter) -> list[str]:
    """The statuses that the conditions leave, spam only when asked for: `is:closed` says one too."""
    left = list(Conversation.Status.values)
    said = [condition for condition in chosen.conditions if condition.field in ("status", "is")]
    if not said:
        left.remove(Conversation.Status.SPAM)
    for condition in said:
        value = condition.value.lower()
        if value in Conversation.Status.values:
            is_it = condition.operator == Operator.IS
            left = [status for status in left if (status == value) == is_it]
    return left


def query(condition: Condition, *, account: Account | None) -> Q:
    """One condition as a query on conversations. Raises CannotRead."""
    known = _FIELDS.get(condition.field)
    if known is None or condition.operator not in known.operators:
        raise CannotRead(_("There is no filter “%s”.") % condition.field)
    built = known.build(condition.value, account, condition.operator)
    return ~built if condition.operator == Operator.IS_NOT else built


def _operator(known: Field, minus: str) -> Operator:
    for fixed in (Operator.BEFORE, Operator.AFTER):
        if known.operators == frozenset({fixed}):
            return fixed
    return Operator.IS_NOT if minus else Operator.IS


def _problems(conditions: list[Condition]) -> list[str]:
    """Sentences for values that no viewer could mean."""
    found = []
    for condition in conditions:
        try:
            query(condition, account=None)
        except CannotRead as problem:
            found.append(str(problem))
    return found
