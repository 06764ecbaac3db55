"""Mail providers where anybody can have an address; the table is data/public_mail_domains.txt."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "public_mail_domains.txt"
_EVERY_ENDING = ".*"


def is_public(domain: str) -> bool:
    """Whether the domain, or one it lies under, is a public mail provider's. `domain` in lower case."""
    whole, brands = _tables()
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        tail = labels[start:]
        # A brand counts under a country's ending of one or two short labels: yahoo.fr, yahoo.co.uk, never yahoo.example.org.
        if ".".join(tail) in whole or (tail[0] in brands and _is_ending(tail[1:])):
            return True
    return False


def _is_ending(labels: list[str]) -> bool:
    if len(labels) == 1:
        return True
    return len(labels) == 2 and len(labels[0]) <= 3 and len(labels[1]) == 2


@cache
def _tables() -> tuple[frozenset[str], frozenset[str]]:
    rows = [line.strip() for line in _TABLE.read_text(encoding="utf-8").splitlines()]
    domains = [row for row in rows if row and not row.startswith("#")]
    brands = frozenset(row.removesuffix(_EVERY_ENDING) for row in domains if row.endswith(_EVERY_ENDING))
    return frozenset(row for row in domains if not row.endswith(_EVERY_ENDING)), brands
