"""INSERT and UPDATE by kept statements: what `save()` would send, written by Django once for each model and columns.

Rows made here are the rows that the ORM makes: fields, defaults and conversions are the model's own. Use them where
every millisecond counts; elsewhere `save()` says the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache, partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Field,
    FileField,
    ForeignKey,
    JSONField,
    Model,
    PositiveIntegerField,
    Q,
    SmallIntegerField,
    TextField,
)
from django.db.models.constants import OnConflict
from django.db.models.expressions import RawSQL
from django.db.models.sql import InsertQuery, UpdateQuery

from rapport.rows import among, literal, preparing

_PLAIN: dict[type, type] = {
    BigIntegerField: int,
    BooleanField: bool,
    CharField: str,
    ForeignKey: int,
    PositiveIntegerField: int,
    SmallIntegerField: int,
    TextField: str,
}
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Part:
    """One field of a statement: the attribute it is read from, and the type of value that goes as it is."""

    name: str
    plain: type | None
    convert: Convert

    def value(self, value: Any) -> Any:
        """This value as it goes into the statement."""
        return value if value is None or type(value) is self.plain else self.convert(value)


@dataclass(frozen=True, slots=True)
class _Statement:
    """SQL with one place for each field, in their order (an UPDATE has the key's place last)."""

    sql: str
    parts: tuple[_Part, ...]

    def values(self, row: Model) -> list[Any]:
        """A plain string, number or nothing goes as it is, which is what the field would say after some thought."""
        held = row.__dict__
        return [
            value if value is None or type(value) is part.plain else part.convert(value)
            for part in self.parts
            for value in (held[part.name],)
        ]


def insert(row: Model) -> None:
    """Insert a new row and give it its key. Raises IntegrityError as `save()` does."""
    if not _insert(row, skip=False):
        raise RuntimeError("The database inserted a row without naming its key.")


def insert_if_new(row: Model) -> bool:
    """Insert a row unless a unique key refuses it; whether it was inserted. Waits for who is inserting the same."""
    return _insert(row, skip=True)


def insert_for_good(row: Model) -> None:
    """The same of a row that nobody looks at here any more: it gets no key. Within a transaction an error of it may be
    raised by what comes after (see preparing.written)."""
    database = connections[DEFAULT_DB_ALIAS]
    statement = _insert_statement(type(row), database.vendor, False)
    preparing.written(database, statement.sql, statement.values(row))


def update(row: Model, *columns: str) -> None:
    """Write these columns of a stored row, in this order always, so that its statement is kept once. Within a transaction
    an error of it may be raised by what comes after."""
    database = connections[DEFAULT_DB_ALIAS]
    statement = _update_statement(type(row), columns, database.vendor)
    preparing.written(database, statement.sql, [*statement.values(row), row.pk])


def update_all(model: type[Model], ids: Sequence[int], **columns: Any) -> None:
    """Write the same values into these columns of several stored rows."""
    if not ids:
        return
    database = connections[DEFAULT_DB_ALIAS]
    statement = _update_all_statement(model, tuple(columns), database.vendor)
    listed = literal.array(ids) if database.vendor == "postgresql" else json.dumps(list(ids))
    values = [part.value(value) for part, value in zip(statement.parts, columns.values(), strict=True)]
    preparing.fetched(database, statement.sql, [*values, listed])


def _insert(row: Model, *, skip: bool) -> bool:
    database = connections[DEFAULT_DB_ALIAS]
    statement = _insert_statement(type(row), database.vendor, skip)
    returned = preparing.fetched(database, statement.sql, statement.values(row))
    if not returned:
        return False
    row.pk = returned[0][0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return True


@cache
def _insert_statement(model: type[Model], vendor: str, skip: bool) -> _Statement:
    """`vendor` only tells the statements of two databases apart."""
    fields = tuple(field for field in model._meta.concrete_fields if not field.primary_key)
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE if skip else None)
    query.insert_values(fields, [model()])
    compiler = query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
    compiler.returning_fields = [model._meta.pk]
    [(sql, params)] = compiler.as_sql()
    if len(params) != len(fields):
        raise TypeError(f"{model.__name__} has fields that are written by more than one value.")
    return _Statement(sql, tuple(_part(field, vendor) for field in fields))


@cache
def _update_statement(model: type[Model], columns: tuple[str, ...], vendor: str) -> _Statement:
    query, parts = _update(model, columns, vendor)
    query.add_filter("pk", 0)
    sql, _params = query.get_compiler(connection=connections[DEFAULT_DB_ALIAS]).as_sql()
    return _Statement(sql, parts)


@cache
def _update_all_statement(model: type[Model], columns: tuple[str, ...], vendor: str) -> _Statement:
    query, parts = _update(model, columns, vendor)
    query.add_q(Q(among.among("pk", [0])))
    sql, _params = query.get_compiler(connection=connections[DEFAULT_DB_ALIAS]).as_sql()
    return _Statement(sql, parts)


def _update(model: type[Model], columns: tuple[str, ...], vendor: str) -> tuple[Any, tuple[_Part, ...]]:
    fields = tuple(field for column in columns for field in model._meta.concrete_fields if field.name == column)
    if len(fields) != len(columns):
        raise LookupError(f"{model.__name__} has not all of the columns {', '.join(columns)}.")
    query: Any = UpdateQuery(model)
    # A bare None would be compiled into the statement; this keeps a place for it.
    query.add_update_fields([(field, None, RawSQL("%s", (None,))) for field in fields])
    return query, tuple(_part(field, vendor) for field in fields)


def _part(field: Field[Any, Any], vendor: str) -> _Part:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False) or isinstance(field, FileField):
        raise TypeError(f"{field} gets its value from save() only.")
    return _Part(field.attname, _PLAIN.get(type(field)), partial(_converted, field, vendor))


def _converted(field: Field[Any, Any], vendor: str, value: Any) -> Any:
    """What the field says; for choices and, on SQLite, for moments in UTC and for JSON the same without asking it."""
    if isinstance(value, Enum) and type(value.value) is _PLAIN.get(type(field)):
        return value.value
    if vendor == "sqlite":
        if type(value) is datetime and value.tzinfo is UTC:
            return str(value.replace(tzinfo=None))
        if type(field) is JSONField and field.encoder is None and type(value) in (dict, list):
            return json.dumps(value)
    return field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])
