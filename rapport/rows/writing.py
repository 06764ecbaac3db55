"""INSERT and UPDATE by kept statements: what `save()` would send, written by Django once for each model and columns.

Rows made here are the rows that the ORM makes: fields, defaults and conversions are the model's own. Use them where
every millisecond counts; elsewhere `save()` says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Field,
    FileField,
    ForeignKey,
    Model,
    PositiveIntegerField,
    SmallIntegerField,
    TextField,
)
from django.db.models.constants import OnConflict
from django.db.models.expressions import RawSQL
from django.db.models.sql import InsertQuery, UpdateQuery

from rapport.rows import preparing

_PLAIN: dict[type, type] = {
    BigIntegerField: int,
    BooleanField: bool,
    CharField: str,
    ForeignKey: int,
    PositiveIntegerField: int,
    SmallIntegerField: int,
    TextField: str,
}


@dataclass(frozen=True, slots=True)
class _Statement:
    """SQL with one place for each field, in their order (an UPDATE has the key's place last)."""

    sql: str
    fields: tuple[tuple[Field[Any, Any], str, type | None], ...]

    def values(self, row: Model, database: BaseDatabaseWrapper) -> list[Any]:
        """A plain string, number or nothing goes as it is, which is what the field would say after some thought."""
        values = []
        for field, name, plain in self.fields:
            value = getattr(row, name)
            if type(value) is not plain and (value is not None or plain is None):
                value = self._converted(field, value, database)
            values.append(value)
        return values

    def _converted(self, field: Field[Any, Any], value: Any, database: BaseDatabaseWrapper) -> Any:
        """What the field says, or for our moments on SQLite, which are all in UTC, the same without asking it."""
        if type(value) is datetime and value.tzinfo is UTC and database.vendor == "sqlite":
            return str(value.replace(tzinfo=None))
        return field.get_db_prep_save(value, database)


def insert(row: Model) -> None:
    """Insert a new row and give it its key. Raises IntegrityError as `save()` does."""
    if not _insert(row, skip=False):
        raise RuntimeError("The database inserted a row without naming its key.")


def insert_if_new(row: Model) -> bool:
    """Insert a row unless a unique key refuses it; whether it was inserted. Waits for who is inserting the same."""
    return _insert(row, skip=True)


def update(row: Model, *columns: str) -> None:
    """Write these columns of a stored row, in this order always, so that its statement is kept once."""
    database = connections[DEFAULT_DB_ALIAS]
    statement = _update_statement(type(row), columns, database.vendor)
    preparing.fetched(database, statement.sql, [*statement.values(row, database), row.pk])


def _insert(row: Model, *, skip: bool) -> bool:
    database = connections[DEFAULT_DB_ALIAS]
    statement = _insert_statement(type(row), database.vendor, skip)
    returned = preparing.fetched(database, statement.sql, statement.values(row, database))
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
    return _Statement(sql, tuple(map(_part, fields)))


@cache
def _update_statement(model: type[Model], columns: tuple[str, ...], vendor: str) -> _Statement:
    fields = tuple(field for column in columns for field in model._meta.concrete_fields if field.name == column)
    if len(fields) != len(columns):
        raise LookupError(f"{model.__name__} has not all of the columns {', '.join(columns)}.")
    query: Any = UpdateQuery(model)
    # A bare None would be compiled into the statement; this keeps a place for it.
    query.add_update_fields([(field, None, RawSQL("%s", (None,))) for field in fields])
    query.add_filter("pk", 0)
    sql, _params = query.get_compiler(connection=connections[DEFAULT_DB_ALIAS]).as_sql()
    return _Statement(sql, tuple(map(_part, fields)))


def _part(field: Field[Any, Any]) -> tuple[Field[Any, Any], str, type | None]:
    """A field, the attribute it is read from, and the type of value that needs no conversion."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False) or isinstance(field, FileField):
        raise TypeError(f"{field} gets its value from save() only.")
    return field, field.attname, _PLAIN.get(type(field))
