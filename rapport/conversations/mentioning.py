"""Who is meant by the words of a note: `<span data-mention="person:3">@Kim</span>` and `team:4`, as the editor writes it."""

from __future__ import annotations

import re

from rapport.kit import html
from rapport.people.models import Account, Team

MOST = 50
_NAMED = re.compile(r' data-mention="(person|team):(\d{1,18})"')


def named_in(written: str) -> list[Account | Team]:
    """Active colleagues and living teams that HTML names, each once, the first MOST; what does not exist is left out."""
    if "data-mention" not in written:
        return []
    named = list(dict.fromkeys(_NAMED.findall(html.sanitize(written))))[:MOST]
    return found(
        people=[int(number) for kind, number in named if kind == "person"],
        teams=[int(number) for kind, number in named if kind == "team"],
    )


def found(*, people: list[int], teams: list[int]) -> list[Account | Team]:
    """Those of these ids that may be mentioned."""
    every: list[Account | Team] = []
    every += Account.objects.filter(pk__in=people, is_active=True).order_by("pk") if people else []
    every += Team.objects.filter(pk__in=teams, ended_at=None).order_by("pk") if teams else []
    return every
