"""A filter as JSON, and back. What cannot be understood any more stays as it is and is named: it holds for nothing.

`{"all": [part, …]}` or `{"any": [part, …]}`; a part is such a group or `{"field": "tag", "operator": "is", "value": "vip"}`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rapport.conversations.filtering import MAX_CONDITIONS, Condition, Filter, Group, Operator

_DEEPEST = 4
_CHARS = 300
_OPERATORS = [str(operator) for operator in Operator]


def to_json(chosen: Filter) -> dict[str, Any]:
    """The conditions of a filter; words to find are not part of it."""
    return _group(Group(chosen.conditions))


def from_json(stored: Any) -> Filter:
    """The reverse. Never raises."""
    found = _read(stored, depth=0)
    left = [MAX_CONDITIONS]
    whole = found if isinstance(found, Group) and not found.any else Group((found,))
    return Filter(tuple(_bounded(whole.parts, left)))


def _group(group: Group) -> dict[str, Any]:
    parts = [_group(part) if isinstance(part, Group) else _condition(part) for part in group.parts]
    return {"any" if group.any else "all": parts}


def _condition(condition: Condition) -> dict[str, Any]:
    return {"field": condition.field, "operator": str(condition.operator), "value": condition.value}


def _read(stored: Any, *, depth: int) -> Condition | Group:
    if isinstance(stored, dict) and depth < _DEEPEST:
        for word in ("all", "any"):
            if isinstance(stored.get(word), list):
                return Group(tuple(_read(part, depth=depth + 1) for part in stored[word]), any=word == "any")
        if not stored and not depth:
            return Group(())
        operator = stored.get("operator")
        if operator in _OPERATORS:
            return Condition(_text(stored.get("field")), Operator(str(operator)), _text(stored.get("value")))
    return Condition("", Operator.IS, _text(stored))


def _bounded(parts: Iterable[Condition | Group], left: list[int]) -> Iterable[Condition | Group]:
    """At most as many conditions as a query may have."""
    for part in parts:
        if isinstance(part, Group):
            yield Group(tuple(_bounded(part.parts, left)), part.any)
        elif left[0] > 0:
            left[0] -= 1
            yield part


def _text(value: Any) -> str:
    return str(value if value is not None else "")[:_CHARS]
