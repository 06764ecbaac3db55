"""The queries behind list, counts, search and conversation with the database's own plan for each, in an installation.

A line that starts with `!` marks a plan that reads a whole big table.   python -m bench.plans
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.seeding import ALSO_COMMON, COMMON, RARE

BIG = (
    "conversations_conversation",
    "conversations_message",
    "conversations_reference",
    "conversations_participant",
    "conversations_readmark",
    "events_event",
    "outbox_delivery",
    "intake_rawmessage",
    "people_customer",
    "people_customeraddress",
)


def plans(name: str, read: Callable[[], object]) -> Iterator[str]:
    """The statements `read` causes, each with its plan."""
    from django.db import connection

    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    yield f"== {name}"
    with _recorded() as statements:
        read()
    for statement, parameters in statements:
        yield f"\n{statement}\n   with {parameters!r:.300}"
        with connection.cursor() as cursor:
            cursor.execute(explain + statement, parameters)
            for row in cursor.fetchall():
                line = str(row[-1])
                yield f"{'!' if _reads_everything(line) else ' '}  {line}"
    yield ""


def _reads_everything(line: str) -> bool:
    scans_sqlite = line.startswith("SCAN ") and "INDEX" not in line
    return (scans_sqlite or "Seq Scan" in line) and any(f"{table}" in line for table in BIG)


@contextmanager
def _recorded() -> Iterator[list[tuple[str, Any]]]:
    from django.db import connection

    found: list[tuple[str, Any]] = []

    def record(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        if statement.lstrip("( ").upper().startswith(("SELECT", "WITH")):
            found.append((statement, parameters))
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(record):
        yield found


def main() -> None:
    import django

    django.setup()
    from rapport.conversations import access, listing
    from rapport.desk.conversation import views
    from rapport.people.models import Account

    account = Account.objects.get(email="agent1@bench.example")
    _ = account.rights, account.team_ids
    first = listing.inbox_page(account, view="open")
    number = first.rows[0].number
    reads: dict[str, Callable[[], object]] = {
        **{f"list {view}": _page(account, view) for view in ("open", "mine", "unassigned", "team:1", "closed", "mentions")},
        "list open, second page": lambda: listing.inbox_page(account, view="open", after=first.after),
        "counts": lambda: listing.counts(account),
        "conversation": lambda: views.parts(account, access.get_conversation(account, number)),
        **{f"search {query}": _search(account, query) for query in (RARE, COMMON, f"{COMMON} {ALSO_COMMON}", "status:open tag:tag-4")},
    }  # fmt: skip
    for name, read in reads.items():
        print("\n".join(plans(name, read)))


def _page(account: Any, view: str) -> Callable[[], object]:
    from rapport.conversations import listing

    return lambda: listing.inbox_page(account, view=view)


def _search(account: Any, query: str) -> Callable[[], object]:
    from rapport.conversations import finding

    return lambda: finding.search(account, query=query)


if __name__ == "__main__":
    main()
