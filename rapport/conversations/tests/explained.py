"""What SQLite says of its plans: which big tables would be read whole, whatever they hold today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

# Tables that grow with the work; teams, accounts, tags, inboxes and roles stay few.
GROWING = frozenset(
    """
    conversations_conversation conversations_message conversations_participant conversations_reference
    conversations_readmark conversations_conversationtag conversations_involvement conversations_sharedteam
    conversations_draft events_event outbox_delivery people_customer people_customeraddress people_order
    people_organisation files_attachment files_storedfile intake_rawmessage django_session
    """.split()
)


def whole_reads(act: Callable[[], object]) -> list[str]:
    """Each place in the plans of what `act` asks where a growing table would be read from end to end."""
    asked: list[tuple[str, Any]] = []

    def record(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(record):
        act()
    return [f"{found} in {statement}" for statement, parameters in asked for found in _scans(statement, parameters)]


def _scans(statement: str, parameters: Any) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + statement, parameters)
        lines = [row[-1] for row in cursor.fetchall()]
    for line in lines:
        words = line.split()
        if words[0] == "SCAN" and GROWING & _tables(statement, words[1]):
            yield line


def _tables(statement: str, name: str) -> set[str]:
    """The tables that go by this name or alias somewhere in the statement."""
    words = statement.replace('"', "").replace("(", " ").replace(")", " ").replace(",", " ").split()
    return {name, *(words[at - 1] for at, word in enumerate(words) if word == name and at)}
