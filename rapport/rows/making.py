"""Rows as objects, made without asking each field of the model anew: a mail needs a dozen of them, a page hundreds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class _Blank:
    """What a new row of a model holds: `same` in each, and what is made anew for each."""

    same: dict[str, Any]
    anew: tuple[tuple[str, Callable[[], Any]], ...]


def new(model: type[Row], /, **columns: Any) -> Row:
    """A new row, unsaved, as `model(**columns)` makes it.

    Other rows are named by their ids: columns only. Raises TypeError for what is no column.
    """
    blank = _blank(model)
    row = model.__new__(model)
    held = row.__dict__
    held["_state"] = ModelState()
    held.update(blank.same)
    for name, default in blank.anew:
        held[name] = columns[name] if name in columns else default()
    known = len(held)
    held.update(columns)
    if len(held) != known:
        raise TypeError(f"Not all of these are columns of {model.__name__}: {', '.join(columns)}.")
    return row


def stored(model: type[Row], names: Sequence[str], values: Sequence[Any]) -> Row:
    """The row that the database holds, as `model.from_db` makes it; what is not named is read when it is asked for."""
    row = model.__new__(model)
    held = row.__dict__
    held["_state"] = state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    held.update(zip(names, values, strict=True))
    return row


@cache
def _blank(model: type[Model]) -> _Blank:
    anew = {field.attname: field.get_default for field in model._meta.concrete_fields if callable(field.default)}
    same = {name: value for name, value in model().__dict__.items() if name != "_state" and name not in anew}
    return _Blank(same, tuple(anew.items()))
