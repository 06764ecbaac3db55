"""Names that every page of a conversation shows or offers: colleagues, teams and tags, read by one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value

from rapport.conversations.models import Tag
from rapport.kit import text
from rapport.people.models import Account, Team
from rapport.rows.asking import Question

MOST_TAGS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Directory:
    """`people`, `teams`: every name by id, those who left too. `colleagues`, `living_teams`: (id, name) of those who
    are here, by name; `tags`: the first 200 by name of those in use."""

    people: dict[int, str]
    teams: dict[int, str]
    colleagues: tuple[tuple[int, str], ...]
    living_teams: tuple[tuple[int, str], ...]
    tags: tuple[str, ...]


def read() -> Directory:
    """The names as they are now; one statement. The same object again for as long as nothing changed."""
    global _last
    rows = _names.ask()
    if rows != _last[0]:
        _last = rows, _directory(rows)
    return _last[1]


def expect() -> None:
    """Bring the names along with what is asked now."""
    _names.expect()


def _directory(found: list[tuple[Any, ...]]) -> Directory:
    rows = sorted(found, key=lambda row: (text.fold(row[2]), row[1]))
    people = [row for row in rows if row[0] == "person"]
    teams = [row for row in rows if row[0] == "team"]
    return Directory(
        people={row[1]: row[2] or row[3] for row in people},
        teams={row[1]: row[2] for row in teams},
        colleagues=tuple((row[1], row[2]) for row in people if row[4]),
        living_teams=tuple((row[1], row[2]) for row in teams if row[4]),
        tags=tuple(row[2] for row in rows if row[0] == "tag"),
    )


_LIVES = ExpressionWrapper(Q(ended_at__isnull=True), output_field=BooleanField())


def _everything() -> QuerySet[Any, Any]:
    """Rows of (kind, id, name, name in need, whether it is alive)."""
    people = Account.objects.all()
    teams = Team.objects.all()
    in_use = Tag.objects.filter(archived_at__isnull=True, canonical__isnull=True)
    first_tags = in_use.order_by("folded").values("pk")[:MOST_TAGS]
    tags = Tag.objects.filter(pk__in=first_tags)
    return people.values_list(Value("person"), "pk", "name", "email", "is_active").union(
        teams.values_list(Value("team"), "pk", "name", Value(""), _LIVES),
        tags.values_list(Value("tag"), "pk", "name", Value(""), Value(True)),
        all=True,
    )


_names = Question(_everything)
_last: tuple[list[tuple[Any, ...]], Directory] = ([], _directory([]))
