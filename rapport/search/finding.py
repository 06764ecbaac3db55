"""From words to ids. What a viewer may see is decided above; ids alone show nothing."""

from __future__ import annotations

from django.db.models.expressions import RawSQL

from rapport.search.engine import Kind, engine_for, room_for_many
from rapport.search.tokenising import terms

__all__ = ["room_for_many"]
_MAX_QUERY_TERMS = 12


def conversation_ids(words: str, *, before: int | None = None, limit: int = 200) -> list[int]:
    """Ids of conversations that hold every word (the last also as a beginning), newest id first.

    `before`: only ids below it, for the next page. Words without a letter or digit find nothing.
    """
    return _find("conversation", words, before, limit)


def all_below(words: str, before: int) -> RawSQL:
    """Every such id below `before`, for an `__in`: where only few of very many are to be kept."""
    sql, values = engine_for("conversation").all_below(_wanted(words), before)
    return RawSQL(sql, values)  # noqa: S611 - one of two constants


def customer_ids(words: str, *, before: int | None = None, limit: int = 20) -> list[int]:
    """Ids of customers that hold every word, newest id first."""
    return _find("customer", words, before, limit)


def _find(kind: Kind, words: str, before: int | None, limit: int) -> list[int]:
    wanted = _wanted(words)
    return engine_for(kind).find(wanted, before=before, limit=limit) if wanted else []


def _wanted(words: str) -> list[str]:
    return list(dict.fromkeys(terms(words[:500])))[:_MAX_QUERY_TERMS]
