"""Making conversations and customers findable, in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from rapport.search.engine import engine_for
from rapport.search.tokenising import terms


def add_to_conversation(conversation_id: int, *texts: str) -> None:
    """Make a conversation findable by the words of these texts too (subject, text, names, numbers)."""
    found = _distinct(texts)
    if found:
        engine_for("conversation").add(conversation_id, found)


def replace_conversation(conversation_id: int, *texts: str) -> None:
    """Make a conversation findable by exactly the words of these texts."""
    engine_for("conversation").replace(conversation_id, _distinct(texts))


def remove_conversation(conversation_id: int) -> None:
    """Make a conversation findable by nothing."""
    engine_for("conversation").remove(conversation_id)


def put_customer(customer_id: int, *texts: str) -> None:
    """Make a customer findable by exactly the words of these texts (name, addresses, numbers)."""
    engine_for("customer").replace(customer_id, _distinct(texts))


def put_customers(texts: Mapping[int, Sequence[str]]) -> None:
    """The same for many customers by their ids."""
    if texts:
        engine_for("customer").replace_all({pk: _distinct(words) for pk, words in texts.items()})


def remove_customer(customer_id: int) -> None:
    """Make a customer findable by nothing."""
    engine_for("customer").remove(customer_id)


def _distinct(texts: Sequence[str]) -> list[str]:
    """Each term once, in the order of appearance."""
    return list(dict.fromkeys(chain.from_iterable(map(terms, texts))))
