"""SELECT by kept statements: a query set compiled once, asked many times with other values."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet, query
from django.db.transaction import TransactionManagementError

from rapport.rows import converting, making, preparing
from rapport.rows.converting import Converters

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Maker:
    """What Django's own iteration works out each time: where in a row each object's columns stand."""

    model: Any
    columns: slice
    names: list[str]
    populators: Sequence[Any]

    def make(self, row: Sequence[Any]) -> Any:
        """The object of a row, with those that were selected beside it."""
        made = making.stored(self.model, self.names, row[self.columns])
        for populator in self.populators:
            populator.populate(row, made)
        return made


@dataclass(frozen=True, slots=True)
class _Plan:
    sql: str
    places: int
    locks: bool
    converters: Converters
    maker: Maker


class Kept(Generic[Row]):
    """A query set of whole rows. `build` makes it once a thread, with any value where each look-up has its own.

    The values of a look-up come in the order of the statement: those of joins and conditions as they are written.
    """

    def __init__(self, build: Callable[[], QuerySet[Row]]) -> None:
        self._build = build
        self._plans = threading.local()

    def all(self, *values: str | int) -> list[Row]:
        """The rows for these values. Raises TypeError when their number is wrong."""
        plan = self._plan()
        if len(values) != plan.places:
            raise TypeError(f"The statement takes {plan.places} values, not {len(values)}.")
        database = connections[DEFAULT_DB_ALIAS]
        if plan.locks and not database.in_atomic_block:
            raise TransactionManagementError("A row is locked within a transaction only.")
        found = preparing.fetched(database, plan.sql, values)
        make = plan.maker.make
        rows = converting.converted(found, plan.converters) if plan.converters else found
        return [make(row) for row in rows]

    def first(self, *values: str | int) -> Row | None:
        """The first row for these values, if there is one."""
        rows = self.all(*values)
        return rows[0] if rows else None

    def _plan(self) -> _Plan:
        plan: _Plan | None = getattr(self._plans, "plan", None)
        if plan is None:
            plan = self._plans.plan = _plan(self._build())
        return plan


def maker_of(rows: QuerySet[Any], compiler: Any) -> Maker:
    """How the objects of a query set are made, once its compiler has written the statement."""
    own = compiler.klass_info["select_fields"]
    populators: Any = query.get_related_populators
    columns = slice(own[0], own[-1] + 1)
    return Maker(
        model=rows.model,
        columns=columns,
        names=[entry[0].target.attname for entry in compiler.select[columns]],
        populators=populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS),
    )


def _plan(rows: QuerySet[Any]) -> _Plan:
    compiler: Any = rows.query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
    sql, params = compiler.as_sql()
    return _Plan(
        sql=sql,
        places=len(params),
        locks=rows.query.select_for_update,
        converters=converting.of(
            compiler.get_converters([entry[0] for entry in compiler.select]), connections[DEFAULT_DB_ALIAS]
        ),
        maker=maker_of(rows, compiler),
    )
