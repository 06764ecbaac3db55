"""Many ids in a statement that is written anew each time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import F, Lookup

from rapport.rows import literal


def among(column: str, ids: Sequence[int]) -> Any:
    """`column` is one of these ids, as a condition of `filter()`: what `__in` says, with hundreds of them in a fifth of its
    time."""
    return _Among(F(column), list(ids))


class _Among(Lookup):
    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs:
            raise EmptyResultSet
        column, values = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{column} = ANY (%s::bigint[])", (*values, literal.array(self.rhs))
        # One value here too: a place for each would have to be read and filled each time.
        return f"{column} IN (SELECT value FROM json_each(%s))", (*values, json.dumps(self.rhs))  # noqa: S608
