"""Servers' notices in their dialects, answering machines and programs: written from what each server is known to write.

A mail begins with a line `==== name {what must be told}`. The rules were made with `first_tuned` in sight; what they
said of the others before anybody looked at them stands in docs/quality.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rapport.channels.email.parsing.mail import parse_mail

DATA = Path(__file__).parent / "data" / "dialects"
KNOWN_MISSES = {
    # The subject says that the user is unknown, the text that the mailbox is full: one of them lies.
    "biglobe": ["permanent"],
    # From an address like a person's, with a subject like an answer's, and no header of a machine.
    "socgen": ["kind", "permanent", "recipient"],
}


def mails(path: Path) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    for block in re.split(r"(?m)^==== ", path.read_text("utf-8"))[1:]:
        head, _, raw = block.partition("\n")
        name, _, want = head.partition(" ")
        yield name, json.loads(want), raw.encode()


def told(raw: bytes) -> dict[str, Any]:
    inbound = parse_mail(raw)
    first = inbound.bounce[0] if inbound.bounce else None
    facts: dict[str, Any] = {"kind": str(inbound.kind)}
    if first is not None:
        facts |= {name: getattr(first, name) for name in ("recipient", "permanent", "status", "code")}
    return facts


@pytest.mark.parametrize("path", sorted(DATA.glob("*.txt")), ids=lambda path: path.stem)
def test_every_dialect_is_understood(path: Path) -> None:
    misses = {}
    for name, want, raw in mails(path):
        facts = told(raw)
        wrong = sorted(fact for fact in want if facts.get(fact) != want[fact])
        if wrong:
            misses[name] = wrong
    assert {name: wrong for name, wrong in misses.items() if KNOWN_MISSES.get(name) != wrong} == {}


def test_a_bounce_gives_a_reason_in_the_servers_words() -> None:
    wanted = [raw for path in DATA.glob("*.txt") for _, want, raw in mails(path) if want["kind"] == "bounce"]
    bounces = [inbound for raw in wanted if (inbound := parse_mail(raw)).bounce]
    without = [inbound.subject for inbound in bounces if not inbound.bounce[0].reason]
    assert len(bounces) > 100
    assert without == []
