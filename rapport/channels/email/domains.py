"""Which domains belong to one organisation, by the public suffix list (RFC 7489, 3.2).

The list comes with its package, so nothing is fetched. It knows under which names strangers register beside each other:
`a.co.uk` and `b.co.uk` are two organisations, and `evil.github.io` does not speak for `github.io`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any


def is_same_organisation(one: str, other: str) -> bool:
    """Whether two domains may speak for each other: equal, or below one registered domain."""
    first, second = _plain(one), _plain(other)
    if not first or not second:
        return False
    if first == second:
        return True
    # Most mail is signed by its very domain, and the list takes some memory, so it is asked last.
    return (
        "." in first and "." in second and _registered(first) is not None and _registered(first) == _registered(second)
    )


@lru_cache(maxsize=1024)
def _registered(domain: str) -> str | None:
    """The registered domain at or above this one; None for a public suffix itself."""
    found: str | None = _list().privatesuffix(domain)
    return found


@lru_cache(maxsize=1)
def _list() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def _plain(domain: str) -> str:
    """Lower case and punycode, as the list has it; '' for what no domain looks like."""
    name = domain.strip().strip(".").lower()
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
