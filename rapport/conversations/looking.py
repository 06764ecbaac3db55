"""What a filter shows, looked for along the order of a list, a bounded stretch at a time.

A filter can ask for anything, so nothing promises that an index leads to what it holds for. Where one does (somebody's
conversations, a team's, those of a customer or of a rare tag), it is taken. Else the list is walked in its order, and whoever reads
it is told how far it was looked through: the next page goes on there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rapport.conversations import access, filtering, viewing
from rapport.conversations.filtering import CannotRead, Condition, Filter, Operator
from rapport.conversations.models import Conversation
from rapport.conversations.ordering import ACTIVITY, Order
from rapport.conversations.viewing import Cursor, Wanted
from rapport.people.models import Account

# So many are looked at for a page, in growing stretches: mostly the first one fills it. With several statuses as many
# fewer, because each of them gives a stretch of its own to choose from. A count in the rail looks less far.
STRETCHES = (60, 240, 700)
TO_COUNT = (60, 120)
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
    if way.is_exact:
        return _cut(viewing.keys_in(account, way.wanted, order=order, after=after, most=limit + 1), limit)
    found: list[Cursor] = []
    for wished in begin.stretches:
        stretch = max(_LEAST, wished // max(1, len(way.wanted.statuses)))
        keys = viewing.keys_in(account, way.wanted, order=order, after=after, most=stretch)
        fitting = fits(account, chosen, [key.number for key in keys])
        found += [key for key in keys if key.number in fitting]
        if len(found) > limit:
            return _cut(found, limit)
        if len(keys) < stretch:
            return Found(found, None)
        after = keys[-1]
    return Found(found, after)


def fits(account: Account, chosen: Filter, numbers: Sequence[int]) -> set[int]:
    """Which of these conversations the filter holds for; whether the account may see them was asked before."""
    if not numbers:
        return set()
    among = Conversation.objects.filter(pk__in=numbers, status__in=filtering.statuses(chosen))
    return set(filtering.apply(chosen, among, account=account).values_list("pk", flat=True))


def _few(chosen: Filter, account: Account) -> Sequence[int] | None:
    """The ids of a condition that must hold and holds for few."""
    for condition in filtering.required(chosen.conditions):
        known = filtering.field(condition.field)
        if known is None or known.few is None or condition.operator != Operator.IS:
            continue
        ids = known.few(condition.value, account)
        if ids is not None:
            return ids
    return None


def _sorted(account: Account, chosen: Filter, ids: Sequence[int], order: Order) -> list[Cursor]:
    seen = access.conversations_visible_to(account).filter(
        pk__in=ids, merged_into=None, status__in=filtering.statuses(chosen), **{f"{order.column}__isnull": False}
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
    required = list(filtering.required(chosen.conditions))
    lead, wanted = _lead(required, account, statuses)
    plain = [one for one in chosen.conditions if isinstance(one, Condition)]
    is_exact = len(plain) == len(chosen.conditions) and all(one is lead or _is_status(one) for one in plain)
    return _Way(wanted, is_exact)


def _lead(required: list[Condition], account: Account, statuses: tuple[str, ...]) -> tuple[Condition | None, Wanted]:
    """The condition that leads to fewest by an index of its own."""
    for condition in required:
        value = condition.value.lower()
        if condition.operator != Operator.IS or condition.field not in ("assignee", "team"):
            continue
        if condition.field == "assignee" and value in ("nobody", "none"):
            return condition, Wanted("unassigned", statuses)
        number = account.pk if value == "me" else int(value[1:]) if value[1:].isdecimal() and value[0] == "#" else 0
        if number and len(value) < 19:
            return condition, Wanted("held" if condition.field == "assignee" else "team", statuses, whose=number)
    return None, Wanted("any", statuses)


def _is_status(condition: Condition) -> bool:
    try:
        filtering.query(condition, account=None)
    except CannotRead:
        return False
    return condition.field == "status"
