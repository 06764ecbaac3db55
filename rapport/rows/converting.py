"""Values as Django hands them out, made without asking anew for each value what is known of its column.

Lists read hundreds of moments a page; Django's own way looks up settings and time zones for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db.models import DateTimeField

Convert = Callable[[Any], Any]
Converters = tuple[tuple[int, Convert], ...]


def of(converters: Mapping[int, tuple[Sequence[Any], Any]], database: Any) -> Converters:
    """What a compiler says of its columns (`get_converters`): place by place, one function each."""
    return tuple((at, _one(found, expression, database)) for at, (found, expression) in converters.items())


def converted(rows: Sequence[Sequence[Any]], converters: Converters) -> list[tuple[Any, ...]]:
    """Rows of the driver, with these places made what the fields say they are."""
    made = []
    for row in rows:
        values = list(row)
        for at, convert in converters:
            values[at] = convert(values[at])
        made.append(tuple(values))
    return made


def _one(found: Sequence[Any], expression: Any, database: Any) -> Convert:
    if _is_plain_moment(found, expression, database):
        return _moment
    return partial(_by_each, found, expression, database)


def _is_plain_moment(found: Sequence[Any], expression: Any, database: Any) -> bool:
    """A moment as SQLite's driver reads it: without a zone, in UTC."""
    if database.vendor != "sqlite" or database.timezone is not UTC:
        return False
    return isinstance(expression.output_field, DateTimeField) and list(found) == [
        database.ops.convert_datetimefield_value
    ]


def _moment(value: Any) -> Any:
    if value is None:
        return None
    if type(value) is not datetime:  # of an expression, not of a column: the driver knows no type of it
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def _by_each(found: Sequence[Any], expression: Any, database: Any, value: Any) -> Any:
    for convert in found:
        value = convert(value, expression, database)
    return value
