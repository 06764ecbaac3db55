"""The kinds of channel there are: one line each."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from rapport.channels.contract import Adapter

_KINDS: dict[str, str] = {
    "email": "rapport.channels.email.adapter:EmailAdapter",
}


@cache
def adapter_for(kind: str) -> Adapter:
    """The adapter of a kind, made once. Raises KeyError for a kind nobody registered."""
    module, _, name = _KINDS[kind].partition(":")
    adapter: Adapter = getattr(import_module(module), name)()
    return adapter


def kinds() -> list[str]:
    """The registered kinds, in the order the settings page shows them."""
    return list(_KINDS)
