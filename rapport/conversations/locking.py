"""One at a time: verbs lock the conversation they change and see it as it is now."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from rapport.conversations.errors import NotFound
from rapport.conversations.models import Conversation
from rapport.rows import reading
from rapport.rows.asking import Question

_locked = reading.Kept(lambda: Conversation.objects.select_for_update().filter(pk=0))
_locked_together = Question(
    lambda ids: (
        Conversation.objects.select_for_update()
        .filter(pk__in=ids, merged_into_id__isnull=True)
        .order_by("pk")
        .values_list("pk")
    )
)
_merged_into = Question(lambda ids: Conversation.objects.filter(merged_into_id__in=ids).values_list("pk"))


def lock(conversation: Conversation) -> Conversation:
    """Lock the row, whether merged or not, and bring `conversation` up to date. Needs a transaction."""
    now = _locked.first(conversation.pk)
    if now is None:
        raise Conversation.DoesNotExist
    conversation._state.fields_cache.clear()
    conversation.__dict__.update((name, value) for name, value in now.__dict__.items() if name != "_state")
    return conversation


def lock_living(conversation: Conversation) -> Conversation:
    """Lock the conversation that stands for this one (itself, unless merged), up to date.

    The way is walked without locks, and a row that stopped standing for this one between looking and locking is let
    go of before the next one is locked, so that a merge that locks two rows in the order of their ids cannot deadlock.
    """
    locks_rows = connection.features.has_select_for_update  # else the whole database is ours already
    while True:
        before = transaction.savepoint() if locks_rows else ""
        found = lock(living(conversation))
        if _stands_for(found, conversation):
            return found
        if locks_rows:
            transaction.savepoint_rollback(before)


def lock_together(ids: Sequence[int]) -> set[int]:
    """Lock those of these that stand for themselves, in the order of their ids; which. Needs a transaction.

    Nothing is read of them: what is read afterwards is up to date.
    """
    return {pk for (pk,) in _locked_together.ask(ids)}


def lock_living_pair(one: Conversation, other: Conversation) -> tuple[Conversation, Conversation]:
    """Lock what stands for each of two conversations, in the order of ids; both up to date."""
    first, second = lock_all_living([one, other])
    return first, second


def lock_all_living(conversations: Sequence[Conversation]) -> list[Conversation]:
    """Lock what stands for each of several conversations, in the order of ids; all up to date, in the order given.

    Who holds a living conversation may change what was merged into it. So the living are locked first, always, and
    what was merged into them (by `lock`) only after them: then nobody waits in a circle.
    """
    while True:
        before = transaction.savepoint()
        found: dict[int, Conversation] = {}
        rows = [found.setdefault(row.pk, row) for row in map(living, conversations)]
        # The first that was merged on ends the try: who holds it must not wait for a living one.
        alive = all(lock(found[pk]).merged_into_id is None for pk in sorted(found))
        if alive and all(_stands_for(row, one) for row, one in zip(rows, conversations, strict=True)):
            return rows
        transaction.savepoint_rollback(before)


def _stands_for(locked: Conversation, conversation: Conversation) -> bool:
    """Whether a row just locked is still the living one: since it was looked for it may have been merged on, or
    what led to it taken off again."""
    return locked.merged_into_id is None and (locked is conversation or living(conversation).pk == locked.pk)


def living(conversation: Conversation) -> Conversation:
    """The conversation that stands for this one, without locking."""
    return conversation if conversation.merged_into_id is None else _living(conversation)


def family_ids(conversation: Conversation) -> list[int]:
    """The conversation's id and those of everything merged into it, however deep."""
    found = [conversation.pk]
    frontier = found
    while frontier:
        frontier = [pk for (pk,) in _merged_into.ask(frontier) if pk not in found]
        found = found + frontier
    return found


def _living(conversation: Conversation) -> Conversation:
    """The end of the way, walked anew from its start: what the caller holds may have been unmerged since it was read."""
    seen: set[int] = set()
    pk: int | None = conversation.pk
    while pk is not None and pk not in seen:
        seen.add(pk)
        conversation = Conversation.objects.get(pk=pk)
        pk = conversation.merged_into_id
    if pk is not None:
        raise NotFound
    return conversation
