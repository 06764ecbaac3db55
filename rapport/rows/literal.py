"""What never changes in a kept statement, written into its text for PostgreSQL, and a list as one value.

PostgreSQL plans a kept statement once, without knowing its values. What stands in the text it does know: that a status
is "open" and not any, and that an index holds just those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Place: TypeAlias = tuple[int | None, Any]
_PLACES = re.compile(r"\bIN \(%s(?:, %s)*\)|%[%s]")


def array(ids: Sequence[int]) -> str:
    """Ids as PostgreSQL writes an array of them."""
    return "{" + ",".join(map(str, ids)) + "}"


def written_out(
    sql: str, places: Sequence[Place], lists: Mapping[int, int]
) -> tuple[str, tuple[tuple[int | None, Any], ...]]:
    """A statement in Django's notation with constants in its text, and what is left in its places.

    `places`: for each the index of its value, or None and a constant; `lists`: where a list of values begins, and its
    length. Such a list becomes one array. Raises TypeError when one stands anywhere but within an IN of its own.
    """
    left: list[Place] = []
    given = iter(places)

    def write(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        if found[0] == "%s":
            return _one(next(given), left, inside)
        mine = [next(given) for _ in range(found[0].count("%s"))]
        first = mine[0][0]
        if first is not None and [at for at, _ in mine] == list(range(first, first + lists.get(first, 0))):
            left.append(mine[0])
            return "= ANY (%s::bigint[])"
        return f"IN ({', '.join(_one(place, left, inside) for place in mine)})"

    inside = frozenset(_inside(lists))
    return _PLACES.sub(write, sql), tuple(left)


def _inside(lists: Mapping[int, int]) -> Iterator[int]:
    for first, length in lists.items():
        yield from range(first, first + length)


def _one(place: Place, left: list[Place], inside: frozenset[int]) -> str:
    at, constant = place
    if at in inside:
        raise TypeError("A list of values stands within an IN of its own only.")
    if at is None and isinstance(constant, int) and not isinstance(constant, bool):
        return f"({constant})::bigint"  # a bare number would name a column where rows are sorted
    if (
        at is None
        and isinstance(constant, str)
        and constant.isascii()
        and constant.isprintable()
        and "\\" not in constant
    ):
        return "'" + constant.replace("'", "''").replace("%", "%%") + "'"
    left.append(place)
    return "%s"
