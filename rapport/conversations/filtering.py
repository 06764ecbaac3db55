"""One condition language for views, search, and later rules, SLA policies, routing and reports.

A condition is a field, an operator of an enumerated set, and a value; a field turns the two into a query. Higher apps
register fields of their own. The query language (`status:open -tag:vip tulips`) is a way to write conditions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
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
    WITHIN = "within"
    OLDER = "older"


class CannotRead(ValueError):
    """A value that a field cannot be compared with; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `value` is what a person wrote; the field reads it when the filter is applied."""

    field: str
    operator: Operator
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which all must hold, or any one. A group without parts holds for everything."""

    parts: tuple[Condition | Group, ...]
    any: bool = False


Narrowing = Callable[[QuerySet[Conversation]], QuerySet[Conversation]]
Choices = Callable[[], Iterable[tuple[str, Any]]]
IS_OR_NOT = (Operator.IS, Operator.IS_NOT)


@dataclass(frozen=True, slots=True)
class Field:
    """Something to compare by. `build` reads a value for a viewer and gives the query; raises CannotRead.

    The rest is for who builds a condition in the browser, where only fields with a `label` stand: `choices` lists the
    values there are (value, name); without, a value is written. `named` says what a value is called that is no choice
    any more, "" when nobody knows. `few` gives the conversations it can hold for, by their ids, when they are few, so
    that nobody has to look for them (None: they are many). `words`: what operators are called here, where that is not
    what they are mostly called. `reads_all`: every value can be read, so that nobody has to look it up to know.
    """

    name: str
    build: Callable[[str, Account | None, Operator], Q]
    operators: tuple[Operator, ...] = IS_OR_NOT
    label: str | Promise = ""
    choices: Choices | None = None
    named: Callable[[str], str] | None = None
    few: Callable[[str, Account], Sequence[int] | None] | None = None
    hint: str | Promise = ""
    words: Mapping[Operator, str | Promise] = field(default_factory=dict)
    is_offered: bool = True
    reads_all: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """Fields that the company made, by keys of its own: `detail.plan`. `named` gives one, out of use or not; `offered`
    those in use."""

    named: Callable[[str], Field | None]
    offered: Callable[[], Iterable[Field]]


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold, words to find, and what of the query could not be understood (sentences)."""

    conditions: tuple[Condition | Group, ...] = ()
    words: str = ""
    problems: tuple[str, ...] = ()


_FIELDS: dict[str, Field] = {}
_FAMILIES: dict[str, Family] = {}


def register(new: Field) -> None:
    """Add a field. Raises ValueError when the name is taken."""
    if new.name in _FIELDS:
        raise ValueError(f"The field {new.name} is registered already.")
    _FIELDS[new.name] = new


def register_family(prefix: str, family: Family) -> None:
    """Add the fields `prefix.…`."""
    _FAMILIES[prefix] = family


def known_fields() -> list[str]:
    """Names of the registered fields, sorted."""
    return sorted(_FIELDS)


def field_named(name: str) -> Field | None:
    """The field of this name, if there is one."""
    prefix, dot, key = name.partition(".")
    if dot:
        return _FAMILIES[prefix].named(key) if prefix in _FAMILIES else None
    return _FIELDS.get(name)


def offered_fields() -> list[Field]:
    """Those that conditions are built of in the browser, in the order of their registration; then the company's own."""
    own = [known for family in _FAMILIES.values() for known in family.offered()]
    return [known for known in _FIELDS.values() if known.label and known.is_offered] + own


def parse_query(written: str) -> Filter:
    """Read what a person typed: `field:value`, `-field:value`, `field:"two words"`; all else are words to find.

    Never raises: unknown fields are taken as words (a time like 12:30 is one).
    """
    read = read_query(written)
    return replace(read, problems=tuple(_problems(each(read.conditions))))


def read_query(written: str) -> Filter:
    """The same without its problems, for who does not show them: to find some, the database is asked."""
    conditions: list[Condition] = []
    words: list[str] = []
    for match in _TOKEN.finditer(written[:MAX_QUERY_CHARS]):
        minus, name, value, quoted, word = match.groups()
        known = _FIELDS.get(name.lower()) if name else None
        if known is None:
            words.append(quoted if quoted is not None else word if word is not None else match.group())
        elif len(conditions) < MAX_CONDITIONS:
            conditions.append(Condition(known.name, _operator(known, minus), value.strip('"')))
    return Filter(tuple(conditions), " ".join(words).strip())


def apply(chosen: Filter, conversations: QuerySet[Conversation], *, account: Account | None) -> QuerySet[Conversation]:
    """The conversations for which every condition holds. One that cannot be read matches nothing. Words: see finding."""
    return narrowing(chosen, account=account)(conversations)


def narrowing(chosen: Filter, *, account: Account | None) -> Narrowing:
    """What `apply` does, for several times: what the conditions name is looked up once."""
    try:
        built = [query(part, account=account) for part in chosen.conditions]
    except CannotRead:
        return QuerySet.none

    def narrow(conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
        for one in built:
            conversations = conversations.filter(one)
        return conversations

    return narrow


def statuses(chosen: Filter) -> list[str]:
    """The statuses that the conditions leave, spam only when asked for: `is:closed` says one too."""
    left = _left(Group(chosen.conditions))
    if not any(one.operator == Operator.IS and one.value.lower() == "spam" for one in _said(chosen.conditions)):
        left.discard(Conversation.Status.SPAM)
    return [status for status in Conversation.Status.values if status in left]


def each(parts: Iterable[Condition | Group]) -> Iterable[Condition]:
    """Every condition, in groups too."""
    for part in parts:
        if isinstance(part, Group):
            yield from each(part.parts)
        else:
            yield part


def required(parts: Iterable[Condition | Group]) -> Iterable[Condition]:
    """The conditions that must hold by themselves, whatever else does."""
    for part in parts:
        if isinstance(part, Condition):
            yield part
        elif not part.any or len(part.parts) == 1:
            yield from required(part.parts)


def query(condition: Condition | Group, *, account: Account | None) -> Q:
    """A condition or a group as a query on conversations. Raises CannotRead; of alternatives, when none can be read."""
    if isinstance(condition, Group):
        return _group_query(condition, account)
    known = field_named(condition.field)
    if known is None or condition.operator not in known.operators:
        raise CannotRead(_("There is no filter “%s”.") % condition.field)
    built = known.build(condition.value, account, condition.operator)
    return ~built if condition.operator == Operator.IS_NOT else built


def problem_of(condition: Condition, *, account: Account | None = None) -> str:
    """Why a condition cannot hold for anything, in a sentence; empty when it can be read."""
    known = field_named(condition.field)
    if known is not None and known.reads_all and condition.operator in known.operators:
        return ""
    try:
        query(condition, account=account)
    except CannotRead as problem:
        return str(problem)
    return ""


def _group_query(group: Group, account: Account | None) -> Q:
    joined, read, problem = Q(), 0, CannotRead("")
    for part in group.parts:
        try:
            one = query(part, account=account)
        except CannotRead as unread:
            if not group.any:
                raise
            problem = unread
            continue
        joined = joined | one if group.any and read else joined & one
        read += 1
    if group.parts and not read:
        raise problem
    return joined


def _said(parts: Iterable[Condition | Group]) -> list[Condition]:
    return [
        one for one in each(parts) if one.field in ("status", "is") and one.value.lower() in Conversation.Status.values
    ]


def _left(part: Condition | Group) -> set[str]:
    """Statuses for which it may hold."""
    everything = set(Conversation.Status.values)
    if isinstance(part, Group):
        sets = [_left(one) for one in part.parts]
        if part.any and sets:
            return set.union(*sets)
        return everything.intersection(*sets)
    if not _said([part]):
        return everything
    return {part.value.lower()} if part.operator == Operator.IS else everything - {part.value.lower()}


def _operator(known: Field, minus: str) -> Operator:
    """The first of a field's operators; with a minus the second, if it has one."""
    return known.operators[1] if minus and len(known.operators) > 1 else known.operators[0]


def _problems(conditions: Iterable[Condition]) -> list[str]:
    """Sentences for values that no viewer could mean."""
    return [problem for condition in conditions if (problem := problem_of(condition))]
