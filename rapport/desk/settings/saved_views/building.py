"""A condition as the browser builds it: groups of rows, each a field, how it is compared, and a value.

All groups must hold; of the rows within a group all, or any one. The form carries parallel lists (`group`, `was`, `field`,
`operator`, `value`: one entry a row; `was` is the field that the row was drawn for) and `match` (one entry a group), so
it works without JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.conversations import filtering
from rapport.conversations.filtering import MAX_CONDITIONS, Condition, Field, Filter, Group, Operator

MOST_GROUPS = 8
_CHARS = 300
_WORDS: dict[Operator, Promise] = {
    Operator.IS: gettext_lazy("is"),
    Operator.IS_NOT: gettext_lazy("is not"),
    Operator.WITHIN: gettext_lazy("within the last"),
    Operator.OLDER: gettext_lazy("longer ago than"),
    Operator.BEFORE: gettext_lazy("before"),
    Operator.AFTER: gettext_lazy("since"),
}
_WRITTEN: dict[Operator, Promise] = _WORDS | {
    Operator.IS: gettext_lazy("contains"),
    Operator.IS_NOT: gettext_lazy("does not contain"),
}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One condition as the page writes it. `choices` is empty where a value is written; `problem` says what is wrong."""

    at: int
    name: str
    operator: str
    value: str
    operators: list[tuple[str, Any]] = field(default_factory=list)
    choices: list[tuple[str, Any]] = field(default_factory=list)
    hint: Any = ""
    problem: str = ""
    fields: list[tuple[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Rows of one group, and the number it goes by in the form."""

    at: int
    any: bool
    rows: list[ShownRow]


def groups_of(chosen: Filter) -> list[Group]:
    """The filter as groups of plain conditions. What stands deeper than that was not made here and is shown flat."""
    plain = tuple(part for part in chosen.conditions if isinstance(part, Condition))
    groups = [Group(plain)] if plain else []
    nested = (part for part in chosen.conditions if isinstance(part, Group))
    groups += [Group(tuple(filtering.each(part.parts)), part.any) for part in nested]
    return groups or [Group(())]


def filter_of(groups: Sequence[Group]) -> Filter:
    """The reverse; a group of all that has one row or more stands for its rows."""
    parts: list[Condition | Group] = []
    for group in groups:
        parts += [group] if group.any and len(group.parts) > 1 else list(group.parts)
    return Filter(tuple(parts))


def read(entered: QueryDict) -> list[Group]:
    """What the form says. Values that make no sense stay, so that the page can say so; rows without a field go."""
    matches = entered.getlist("match")[:MOST_GROUPS] or ["all"]
    rows: list[list[Condition]] = [[] for _match in matches]
    lists = [entered.getlist(name)[:MAX_CONDITIONS] for name in ("group", "was", "field", "operator", "value")]
    for group, was, name, operator, value in zip(*lists, strict=False):
        at = int(group) if group.isascii() and group.isdecimal() and len(group) < 3 else 0
        if name and at < len(rows):
            rows[at].append(_condition(name, operator, value[:_CHARS] if was == name else _first_value(name)))
    return [Group(tuple(some), match == "any") for some, match in zip(rows, matches, strict=True)]


def redrawn(groups: list[Group], wish: str) -> list[Group]:
    """The groups after a button was pressed: `more:1` a row in group 1, `group` another group, `without:0:2` a row less,
    `fields` nothing but the fitting choices."""
    word, *numbers = wish.split(":")
    at = [int(number) if number.isdecimal() and len(number) < 3 else 99 for number in numbers]
    if word == "group" and len(groups) < MOST_GROUPS:
        return [*groups, Group((_fresh(),), any=True)]
    if word == "more" and at and at[0] < len(groups) and sum(len(group.parts) for group in groups) < MAX_CONDITIONS:
        return [replace(one, parts=(*one.parts, _fresh())) if n == at[0] else one for n, one in enumerate(groups)]
    if word == "without" and len(at) == 2 and at[0] < len(groups):
        left = tuple(part for n, part in enumerate(groups[at[0]].parts) if n != at[1])
        changed = [replace(one, parts=left) if n == at[0] else one for n, one in enumerate(groups)]
        return [one for n, one in enumerate(changed) if one.parts or n == 0]
    return groups


def shown(groups: Sequence[Group], *, is_tried: bool = True) -> list[ShownGroup]:
    """The groups for the template. While they are still written (not `is_tried`) the preview says what is wrong."""
    rows = [[_row(at, part) for at, part in enumerate(filtering.each(group.parts))] for group in groups]
    if not is_tried:
        rows = [[replace(row, problem="") for row in of_group] for of_group in rows]
    return [ShownGroup(n, group.any, rows[n]) for n, group in enumerate(groups)]


def problems(groups: Iterable[Group]) -> list[str]:
    """What cannot be read of that which is filled in."""
    filled = [one for group in groups for one in filtering.each(group.parts) if one.value]
    return [problem for one in filled if (problem := filtering.problem_of(one))]


def sentence(condition: Condition) -> str:
    """`Status is not Closed`, for people."""
    known = filtering.field_named(condition.field)
    if known is None or not known.label:
        return _("%(field)s: %(value)s (nobody knows this condition any more)") % {
            "field": condition.field or "?",
            "value": condition.value,
        }
    words = dict(_operators(known)).get(str(condition.operator), condition.operator)
    return f"{known.label} {words} {_named(known, condition.value)}"


def _condition(name: str, operator: str, value: str) -> Condition:
    """A row as it was entered; an operator that the field does not have becomes its first."""
    known = filtering.field_named(name)
    if known is None:
        return Condition(name[:_CHARS], Operator.IS, value)
    return Condition(name, Operator(operator) if operator in known.operators else known.operators[0], value)


def _first_value(name: str) -> str:
    """What stands in a row whose field was just chosen."""
    known = filtering.field_named(name)
    choices = list(known.choices()) if known and known.choices else []
    return choices[0][0] if choices else ""


def _fresh() -> Condition:
    return _condition("status", Operator.IS, "open")


def _row(at: int, condition: Condition) -> ShownRow:
    known = filtering.field_named(condition.field)
    fields: list[tuple[str, Any]] = [(one.name, one.label) for one in filtering.offered_fields()]
    if known is None or not known.label:
        gone = (condition.field, _("%s (unknown)") % (condition.field or "?"))
        problem = _("Nobody knows this condition any more; it holds for nothing. Choose another, or remove it.")
        return ShownRow(
            at, condition.field, "is", condition.value, [("is", _("is"))], problem=problem, fields=[gone, *fields]
        )
    if known.name not in dict(fields):  # no longer offered, yet it holds as before
        fields.insert(0, (known.name, known.label))
    choices = list(known.choices()) if known.choices else []
    problem = filtering.problem_of(condition) if condition.value or known.choices is None else ""
    if choices and condition.value not in dict(choices):
        choices.append((condition.value, _named(known, condition.value)))
    return ShownRow(
        at,
        known.name,
        str(condition.operator),
        condition.value,
        _operators(known),
        choices,
        known.hint,
        problem,
        fields,
    )


def _operators(known: Field) -> list[tuple[str, Any]]:
    is_exact = known.choices or known.words or Operator.WITHIN in known.operators
    words = _WORDS if is_exact else _WRITTEN
    return [(str(one), known.words.get(one) or words[one]) for one in known.operators]


def _named(known: Field, value: str) -> str:
    """What a value is called; one that is gone is called so."""
    if known.choices is None:
        return f"“{value}”"
    name = dict(known.choices()).get(value)
    if name is None:
        name = (known.named(value) if known.named else "") or _("%s (no longer there)") % f"“{value}”"
    return str(name)
