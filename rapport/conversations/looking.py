"""What a filter shows, looked for along the order of a list, a bounded stretch at a time.

A filter can ask for anything, so nothing promises that an index leads to what it holds for. Where one does (somebody's
conversations, a team's, those of a customer or of a rare tag), it is taken. Else the list is walked in its order, and whoever reads
it is told how far it was looked through: the next page goes on there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rapport.conversations import access, filtering, viewing
from rapport.conversations.filtering import CannotRead, Condition, Filter, Narrowing, Operator
from rapport.conversations.models import Conversation
from rapport.conversations.ordering import ACTIVITY, Order
from rapport.conversations.viewing import Cursor, Wanted
from rapport.people.models import Account
from rapport.rows.among import among

# So many are looked at for a page, in growing stretches: mostly the first one fills it. With several statuses as many
# fewer, because each of them gives a stretch of its own to choose from. A count in the rail looks less far.
STRETCHES = (60, 240, 700)
# What one person holds is sorted anew for each stretch, but where it is sorted by activity.
IN_ONE = (sum(STRETCHES),)
TO_COUNT = (60, 120)
OF_SEVERAL = (60, 180)
_LEAST = 30


@dataclass(frozen=True, slots=True)
class Found:
    """What fits, in its order. `after`: where to look further (None: there is no more). `is_full`: a whole page was found;
    if not and there is an `after`, nobody knows yet whether anything more fits."""

    keys: list[Cursor]
    after: Cursor | None
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """How many fit, at least. `is_all`: no more than these."""

    number: int
    is_all: bool


# The next so many beyond a cursor, of what is to be narrowed.
Walk = Callable[[Cursor | None, int], Found]


@dataclass(frozen=True, slots=True)
class _From:
    """In which order, from where on, and how far to look."""

    order: Order
    after: Cursor | None
    stretches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """How to come to what a filter may hold for. `is_exact`: all that lies there fits."""

    wanted: Wanted
    is_exact: bool


def page(
    account: Account, chosen: Filter, *, order: Order = ACTIVITY, after: Cursor | None = None, limit: int
) -> Found:
    """The first `limit` that fit, beyond the cursor; no further than STRETCHES are looked at."""
    return _page(account, chosen, _From(order, after, STRETCHES), limit)


def column(account: Account, chosen: Filter, *, order: Order, after: Cursor | None, limit: int) -> Found:
    """The same for one of several that are looked at together: no further than OF_SEVERAL."""
    return _page(account, chosen, _From(order, after, OF_SEVERAL), limit)


def narrowed(account: Account, chosen: Filter, walk: Walk, *, after: Cursor | None, limit: int) -> Found:
    """The same of what `walk` gives instead of a list."""
    return _narrowed(account, chosen, walk, _From(ACTIVITY, after, OF_SEVERAL), limit)


def count(account: Account, chosen: Filter, *, order: Order = ACTIVITY, most: int = 99) -> Counted:
    """How many fit, up to `most`, looking at no more than TO_COUNT."""
    found = _page(account, chosen, _From(order, None, TO_COUNT), most)
    return Counted(len(found.keys), found.after is None)


def _page(account: Account, chosen: Filter, begin: _From, limit: int) -> Found:
    order, after = begin.order, begin.after
    few = _few(chosen, account)
    if few is not None:
        keys = [key for key in _sorted(account, chosen, few, order) if after is None or _follows(key, after, order)]
        return _cut(keys, limit)
    way = _way(chosen, account)
    if way.wanted.kind == "held" and order is not ACTIVITY and begin.stretches == STRETCHES:
        begin = _From(order, after, IN_ONE)
    if way.is_exact:
        return _cut(viewing.keys_in(account, way.wanted, order=order, after=after, most=limit + 1), limit)

    def walk(after: Cursor | None, wished: int) -> Found:
        stretch = max(_LEAST, wished // max(1, len(way.wanted.statuses)))
        keys = viewing.keys_in(account, way.wanted, order=order, after=after, most=stretch)
        return Found(keys, keys[-1] if len(keys) == stretch else None)

    return _narrowed(account, chosen, walk, begin, limit)


def _narrowed(account: Account, chosen: Filter, walk: Walk, begin: _From, limit: int) -> Found:
    found: list[Cursor] = []
    after = begin.after
    narrow, statuses = filtering.narrowing(chosen, account=account), filtering.statuses(chosen)
    for wished in begin.stretches:
        stretch = walk(after, wished)
        fitting = _fitting(narrow, statuses, [key.number for key in stretch.keys])
        found += [key for key in stretch.keys if key.number in fitting]
        if len(found) > limit:
            return _cut(found, limit)
        if stretch.after is None:
            return Found(found, None)
        after = stretch.after
    return Found(found, after)


def fits(account: Account, chosen: Filter, numbers: Sequence[int]) -> set[int]:
    """Which of these conversations the filter holds for; whether the account may see them was asked before."""
    if not numbers:
        return set()
    return _fitting(filtering.narrowing(chosen, account=account), filtering.statuses(chosen), numbers)


def _fitting(narrow: Narrowing, statuses: Sequence[str], numbers: Sequence[int]) -> set[int]:
    if not numbers:
        return set()
    some = Conversation.objects.filter(among("pk", numbers), status__in=statuses)
    return set(narrow(some).values_list("pk", flat=True))


def _few(chosen: Filter, account: Account) -> Sequence[int] | None:
    """The ids of a condition that must hold and holds for few."""
    for condition in filtering.required(chosen.conditions):
        known = filtering.field_named(condition.field)
        if known is None or known.few is None or condition.operator != Operator.IS:
            continue
        try:
            ids = known.few(condition.value, account)
        except CannotRead:  # a field that is gone: it must hold and holds for nothing
            return []
        if ids is not None:
            return ids
    return None


def _sorted(account: Account, chosen: Filter, ids: Sequence[int], order: Order) -> list[Cursor]:
    seen = access.conversations_visible_to(account).filter(
        among("pk", ids), merged_into=None, status__in=filtering.statuses(chosen), **{f"{order.column}__isnull": False}
    )
    rows = filtering.apply(chosen, seen, account=account).order_by(*order.by())
    ranked = ("priority",) if order.ranks else ()
    return [Cursor(at, number, *rank) for number, at, *rank in rows.values_list("pk", order.column, *ranked)]


def _follows(key: Cursor, after: Cursor, order: Order) -> bool:
    if order.ranks and key.rank != after.rank:
        return key.rank < after.rank
    mine: tuple[datetime, int] = (key.at, key.number)
    theirs = (after.at, after.number)
    return mine < theirs if order.descending else mine > theirs


def _cut(keys: list[Cursor], limit: int) -> Found:
    more = len(keys) > limit
    return Found(keys[:limit], keys[limit - 1] if more else None, is_full=more)


def _way(chosen: Filter, account: Account) -> _Way:
    statuses = tuple(filtering.statuses(chosen))
    leads, wanted = _lead(list(filtering.required(chosen.conditions)), account, statuses)
    plain = [one for one in chosen.conditions if isinstance(one, Condition)]
    is_exact = len(plain) == len(chosen.conditions) and all(one in leads or _is_status(one) for one in plain)
    return _Way(wanted, is_exact)


def _lead(required: list[Condition], account: Account, statuses: tuple[str, ...]) -> tuple[list[Condition], Wanted]:
    """The conditions that lead to fewest by an index: whose, and of which team."""
    known = [(one, _named(one, account)) for one in required if one.operator == Operator.IS]
    whose = next(((one, named) for one, named in known if one.field == "assignee" and named is not None), None)
    team = next(((one, named) for one, named in known if one.field == "team" and named is not None), None)
    leads = [found[0] for found in (whose, team) if found]
    if whose and whose[1]:
        return leads, Wanted("held", statuses, whose=whose[1], team=team[1] if team else None)
    if team:
        return leads, Wanted("team" if team[1] else "teamless", statuses, whose=team[1], is_nobodys=whose is not None)
    return leads, Wanted("unassigned" if whose else "any", statuses)


def _named(condition: Condition, account: Account) -> int | None:
    """The one person or team that a condition names, 0 for none; None where it names nobody by an id."""
    value = condition.value.lower()
    if value in ("nobody", "none"):
        return 0
    if value == "me" and condition.field == "assignee":
        return account.pk
    return int(value[1:]) or None if value[:1] == "#" and value[1:].isdecimal() and len(value) < 19 else None


def _is_status(condition: Condition) -> bool:
    return condition.field == "status" and not filtering.problem_of(condition)
