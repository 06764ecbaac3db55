"""SELECT by kept statements of many shapes: compiled once for each, asked with its values; of columns or whole rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeAlias, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

from rapport.rows import ahead, converting, literal, preparing, together
from rapport.rows.converting import Converters
from rapport.rows.reading import Maker, maker_of
from rapport.rows.together import Together

Row = TypeVar("Row", bound=Model)
Value: TypeAlias = int | str | datetime | Sequence[int]
_FIRST_NUMBER = 7_100_200_300_400_500_000  # no id and no count is ever this large
_FIRST_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)
_FIRST_WORDS = "\ufdd0 value "


@dataclass(frozen=True, slots=True)
class _Plan:
    """`places`: for each parameter the index of its value among all values laid flat, or the parameter itself."""

    sql: str
    places: tuple[tuple[int | None, Any], ...]
    converters: Converters
    maker: Maker | None = None


class _Asked:
    """The statement of each shape, and the rows it finds.

    `build` gets stand-ins of the same types and makes the query set of them; what it does else must not depend on
    anything but their number, `shape`, and whether a list is empty. Lists of numbers are ids for an IN: any order.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any] | Together]) -> None:
        self._build = build
        self._kept = threading.local()

    def _plan_for(self, values: Sequence[Value], shape: Any, database: Any) -> tuple[_Plan, list[Any]]:
        flat, key = _laid_flat(values, _whole if database.vendor == "postgresql" else _padded)
        plans: dict[Any, _Plan] = self._kept.__dict__.setdefault("plans", {})
        plan = plans.get((shape, key))
        if plan is None:
            plan = plans[shape, key] = _plan(self._build(*_opening(shape), *_stand_ins(key)), key, database)
        return plan, flat

    def expect(self, *values: Value, shape: Any = None, comes_first: bool = False) -> None:
        """This is about to be asked with these values: bring it along, if what goes on here is `ahead.reading`; with
        `comes_first` as it is before what is asked next."""
        database = connections[DEFAULT_DB_ALIAS]
        if not ahead.is_open(database):
            return
        plan, flat = self._plan_for(values, shape, database)
        if plan.sql:
            ahead.expect((self, shape, *flat), plan.sql, _placed(plan, flat, database), comes_first=comes_first)

    def _rows(self, values: Sequence[Value], shape: Any) -> tuple[_Plan, list[Any]]:
        database = connections[DEFAULT_DB_ALIAS]
        plan, flat = self._plan_for(values, shape, database)
        if not plan.sql:
            return plan, []
        found = ahead.taken((self, shape, *flat))
        if found is None:
            found = preparing.fetched(database, plan.sql, _placed(plan, flat, database))
        return plan, converting.converted(found, plan.converters) if plan.converters else found


class Question(_Asked):
    """A `values_list` query set, or several together, whose shape follows from its arguments."""

    def ask(self, *values: Value, shape: Any = None) -> list[tuple[Any, ...]]:
        """The rows for these values. `shape` (hashable) is handed to `build` first, unless it is None."""
        return self._rows(values, shape)[1]


class Objects(_Asked, Generic[Row]):
    """A query set of whole rows, `select_related` included, whose shape follows from its arguments."""

    def __init__(self, build: Callable[..., QuerySet[Row]]) -> None:
        super().__init__(build)

    def ask(self, *values: Value, shape: Any = None) -> list[Row]:
        """The objects for these values. `shape` (hashable) is handed to `build` first, unless it is None."""
        plan, rows = self._rows(values, shape)
        return [plan.maker.make(row) for row in rows] if plan.maker else []


def _placed(plan: _Plan, flat: Sequence[Any], database: Any) -> list[Any]:
    adapt = database.ops.adapt_datetimefield_value
    given = [adapt(value) if isinstance(value, datetime) else value for value in flat]
    return [other if at is None else given[at] for at, other in plan.places]


def _opening(shape: Any) -> tuple[Any, ...]:
    return () if shape is None else (shape,)


def _laid_flat(values: Sequence[Value], lay: Callable[[Sequence[int]], list[Any]]) -> tuple[list[Any], tuple[Any, ...]]:
    """Every single value, and the types and lengths they came in; a list as `lay` lays it."""
    flat: list[Any] = []
    key: list[Any] = []
    for value in values:
        if isinstance(value, int | str | datetime):
            flat.append(value)
            key.append(type(value))
        else:
            laid = lay(value)
            flat += laid
            key.append(len(laid))
    return flat, tuple(key)


def _padded(ids: Sequence[int]) -> list[int]:
    """Filled up with its last id to a power of two, so that there are few shapes."""
    wanted = 1 << (len(ids) - 1).bit_length() if ids else 0
    return [*ids, *[ids[-1]] * (wanted - len(ids))] if ids else []


def _whole(ids: Sequence[int]) -> list[str | None]:
    """As one value in the place of its first stand-in (see literal.written_out); a second makes it a list there too."""
    return [literal.array(ids), None] if ids else []


def _stand_ins(key: tuple[Any, ...]) -> list[Any]:
    made: list[Any] = []
    at = 0
    for kind in key:
        if isinstance(kind, int):
            made.append([_FIRST_NUMBER + at + step for step in range(kind)])
            at += kind
            continue
        made.append(
            _FIRST_NUMBER + at
            if kind is int
            else f"{_FIRST_WORDS}{at}"
            if kind is str
            else _FIRST_MOMENT + timedelta(microseconds=at)
        )
        at += 1
    return made


def _plan(rows: QuerySet[Any, Any] | Together, key: tuple[Any, ...], database: Any) -> _Plan:
    try:
        sql, parameters, compiler = _compiled(rows, database)
    except EmptyResultSet:  # an empty list that everything hangs on
        return _Plan("", (), ())
    adapt = database.ops.adapt_datetimefield_value
    known: dict[Any, int] = {}
    for at in range(sum(kind if isinstance(kind, int) else 1 for kind in key)):
        moment = _FIRST_MOMENT + timedelta(microseconds=at)
        known |= {_FIRST_NUMBER + at: at, f"{_FIRST_WORDS}{at}": at, moment: at, adapt(moment): at}
    places = tuple((known.get(one), one) if _can_be_known(one) else (None, one) for one in parameters)
    if database.vendor == "postgresql":
        sql, places = literal.written_out(sql, places, _lists_in(key))
    converters = converting.of(compiler.get_converters([entry[0] for entry in compiler.select]), database)
    maker = maker_of(rows, compiler) if isinstance(rows, QuerySet) and compiler.klass_info else None
    return _Plan(sql, places, converters, maker)


def _lists_in(key: tuple[Any, ...]) -> dict[int, int]:
    """Where each list begins among the values laid flat, and its length there."""
    lists: dict[int, int] = {}
    at = 0
    for kind in key:
        if isinstance(kind, int):
            lists[at] = kind
            at += kind
        else:
            at += 1
    return lists


def _compiled(rows: QuerySet[Any, Any] | Together, database: Any) -> tuple[str, Sequence[Any], Any]:
    if isinstance(rows, Together):
        return together.compiled(rows, database)
    compiler: Any = rows.query.get_compiler(connection=database)
    sql, parameters = compiler.as_sql()
    return sql, parameters, compiler


def _can_be_known(parameter: Any) -> bool:
    return isinstance(parameter, int | str | datetime)
