"""Finding conversations by filters and words, in what the account may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet

from rapport.conversations import access, filtering, listing, viewing
from rapport.conversations.listing import Page, Row
from rapport.conversations.models import Conversation
from rapport.conversations.viewing import Cursor
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Question
from rapport.search import finding
from rapport.search.tokenising import terms

# So many of the newest matches are looked through; mostly they fill the page. Else one statement asks for what is left.
_CHUNKS = (250, 1000)
Narrow = Callable[[list[int]], set[int]]
_NUMBER = re.compile(r"#?(\d{1,18})\Z", re.ASCII)


def search(account: Account, *, query: str, after: Cursor | None = None, limit: int = listing.PAGE) -> Page:
    """A page of what matches `query` (filters and words) and the account may see; merged ones lead to the living.

    Without words newest message first; with words newest number first. Status is whatever the query says, spam only
    when asked for.
    """
    chosen = filtering.read_query(query)
    limit = max(1, min(limit, listing.MAX_PAGE))
    statuses = filtering.statuses(chosen)
    visible = access.conversations_visible_to(account).filter(merged_into__isnull=True)
    if Conversation.Status.SPAM not in statuses:
        visible = visible.exclude(status=Conversation.Status.SPAM)
    visible = filtering.apply(chosen, visible, account=account)
    if chosen.words and account.may(Right.READ_MESSAGES):
        narrow = partial(_seen_among, visible) if chosen.conditions else partial(_plainly_seen_among, account)
        return _by_words(visible, chosen.words, narrow, account=account, after=after, limit=limit)
    if chosen.words:
        visible = _by_subject(visible, chosen.words)
    return listing.page_of_ids(account, viewing.ids_of(visible, statuses, after, limit + 1), limit)


def quick(account: Account, *, words: str, most: int) -> list[Row]:
    """The newest few that hold all the words, for suggesting while somebody types: never more than one chunk of
    matches is looked through, so what is rare among very many may need the search. A number alone leads to that one.
    """
    visible = access.conversations_visible_to(account).filter(merged_into__isnull=True)
    numbers = _exact(visible.exclude(status=Conversation.Status.SPAM), words)
    if account.may(Right.READ_MESSAGES):
        found = finding.conversation_ids(words, limit=_CHUNKS[0])
        seen = _plainly_seen_among(account, found) if found else set()
        numbers += [number for number in found if number in seen and number not in numbers]
    return listing.page_of_ids(account, numbers[:most], most).rows


def by_numbers(account: Account, numbers: Sequence[int]) -> list[Row]:
    """Those of these conversations that the account sees, in the given order."""
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        return []
    seen = set(access.conversations_visible_to(account).filter(pk__in=wanted).values_list("pk", flat=True))
    return listing.page_of_ids(account, [number for number in wanted if number in seen], len(wanted)).rows


def _by_subject(visible: QuerySet[Conversation], words: str) -> QuerySet[Conversation]:
    """For who may not read messages, words in messages must not show by being found."""
    for term in terms(words)[:12]:
        visible = visible.filter(subject__icontains=term)
    return visible


def _by_words(
    visible: QuerySet[Conversation], words: str, narrow: Narrow, *, account: Account, after: Cursor | None, limit: int
) -> Page:
    """Matches come newest number first in chunks, each narrowed to what is visible, until the page is full."""
    exact = _exact(visible, words)
    numbers = exact if after is None else []
    before = after.number if after else None
    for chunk in _CHUNKS:
        found = finding.conversation_ids(words, before=before, limit=chunk)
        seen = narrow(found) - set(exact)
        numbers = numbers + [number for number in found if number in seen]
        if len(numbers) > limit or len(found) < chunk:
            break
        before = found[-1]
    else:
        rest = visible.filter(pk__in=finding.all_below(words, found[-1])).exclude(pk__in=exact).order_by("-pk")
        with finding.room_for_many():
            numbers = numbers + list(rest.values_list("pk", flat=True)[: limit + 1 - len(numbers)])
    return listing.page_of_ids(account, numbers, limit)


def _seen_among(visible: QuerySet[Conversation], found: list[int]) -> set[int]:
    return set(visible.filter(pk__in=found).values_list("pk", flat=True))


def _plainly_seen_among(account: Account, found: list[int]) -> set[int]:
    """The same without conditions, by a kept statement: most searches are words alone."""
    sight = access.sight_of(account)
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    return {number for (number,) in _plainly.ask(account.pk, teams, found, shape=sight)}


def _plain(sight: access.Sight, account_id: int, teams: Sequence[int], found: Sequence[int]) -> QuerySet[Any, Any]:
    living = access.seen(sight, account_id, teams).filter(merged_into__isnull=True)
    return living.exclude(status=Conversation.Status.SPAM).filter(pk__in=found).values_list("pk")


def _exact(visible: QuerySet[Conversation], words: str) -> list[int]:
    """A query that is a number alone means that conversation first of all."""
    match = _NUMBER.match(words.strip())
    return list(visible.filter(pk=int(match[1])).values_list("pk", flat=True)) if match else []


_plainly = Question(_plain)
