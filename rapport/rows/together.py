"""The first rows of several parts together: each part sorted and cut by itself, along an index of its own.

Django joins sorted and cut parts on no SQLite; written as a query within a FROM, both databases take them, and read each
part from its index alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Together:
    """`parts`: `values_list` query sets of the same columns, sorted and cut. A row that several parts hold comes once.

    `by`: columns by their place from 1, all of them, the number negative where the greatest comes first. `most`: so many of
    all.
    """

    parts: Sequence[QuerySet[Any, Any]]
    by: Sequence[int]
    most: int


def compiled(together: Together, database: Any) -> tuple[str, list[Any], Any]:
    """The statement, its parameters, and the compiler of one part, which knows the columns. Raises EmptyResultSet."""
    written: list[str] = []
    parameters: list[Any] = []
    known = None
    for part in together.parts:
        compiler: Any = part.query.get_compiler(connection=database)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:  # nothing can be in it
            continue
        written.append(f"SELECT * FROM ({sql}) AS part{len(written)}")  # noqa: S608 - as Django compiled it
        parameters += values
        known = compiler
    if known is None:
        raise EmptyResultSet
    order = ", ".join(f"{abs(place)} {'DESC' if place < 0 else 'ASC'}" for place in together.by)
    ending = f"ORDER BY {order} LIMIT {together.most:d}"
    if database.vendor == "postgresql" and len(written) > 1:
        # A UNION reads every part to its end. Sorted parts it merges, and reads no more than is wanted; DISTINCT ON it does
        # in that order, where for a plain DISTINCT it may prefer to read them all.
        places = ", ".join(str(abs(place)) for place in together.by)
        merged = f"SELECT DISTINCT ON ({places}) * FROM ({' UNION ALL '.join(written)}) AS every {ending}"  # noqa: S608
        return merged, parameters, known
    return f"{' UNION '.join(written)} {ending}", parameters, known
