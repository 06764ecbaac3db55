"""Ringing the bell of people who are at the desk now: a word on the bus, heard by their open pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from rapport.events import waking

TOPIC = "bell"
_AT_ONCE = 200


def ring_after_commit(account_ids: Iterable[int]) -> None:
    """Let the open pages of these people ask what is new, once the present transaction has committed."""
    people = sorted(set(account_ids))
    if people:
        transaction.on_commit(lambda: _ring(people))


def _ring(people: list[int]) -> None:
    for start in range(0, len(people), _AT_ONCE):
        waking.publish(TOPIC, {"accounts": people[start : start + _AT_ONCE]})
