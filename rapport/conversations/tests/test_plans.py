"""How the databases find what lists, counts and searches show: along indexes, and sorted by them."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from rapport.conversations import boards, finding, listing, looking, ordering, tagging
from rapport.conversations.filtering import Condition, Filter, Operator
from rapport.conversations.models import Conversation
from rapport.conversations.viewing import Cursor
from rapport.kit import clock
from rapport.people import attributing, profiling
from rapport.people.attributing import Described
from rapport.search import indexing

VIEWS = ("open", "mine", "unassigned", "longest", "waiting", "snoozed", "closed", "spam", "mentions", "all")
QUERIES = (
    "tulips", "tulips status:closed", "status:open tag:vip", "is:unread", "assignee:me", "assignee:none", "has:tag",
    "before:2026-01-01", "status:closed -tag:vip", "customer:carla@example.org",
)  # fmt: skip
LISTED = {
    "conversations_conversation": "conversation_",
    "conversations_involvement": "involvement_",
    "conversations_sharedteam": "shared_team_",
}
LINKS = (" of conversations_involvement", " of conversations_sharedteam")
CURSORS = (None, Cursor(clock.now() - timedelta(seconds=1500), 1500))


@pytest.fixture
def many(cast):
    """Three thousand conversations, a third of them the shop's; PostgreSQL plans as for many more."""
    now = clock.now()
    teams = [cast.shop.pk, cast.drivers.pk, None]
    rows = (
        Conversation(
            subject=f"Order {index}", channel="email", inbox=cast.spare_inbox, team_id=teams[index % 3],
            assignee=cast.ana if index % 7 == 0 else None,
            status="open" if index % 10 == 0 else "closed", last_message_at=now - timedelta(seconds=index),
        )
        for index in range(3_000)
    )  # fmt: skip
    made = Conversation.objects.bulk_create(rows, batch_size=500)
    for conversation in made[:20]:
        indexing.add_to_conversation(conversation.pk, "tulips")
        tagging.tag(conversation, name="VIP", by=cast.sam)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            # To read, sort or join three thousand rows whole costs nothing; of a million it would cost all.
            for cheap in ("seqscan", "sort", "bitmapscan", "mergejoin", "hashjoin"):
                cursor.execute(f"SET LOCAL enable_{cheap} = off")
    return cast


def test_pages_are_read_along_an_index_and_sorted_by_it_and_counts_too(many):
    for view in (*VIEWS, f"team:{many.shop.pk}"):
        for after in CURSORS:
            reads = looked_at(lambda view=view, after=after: listing.inbox_page(many.ana, view=view, after=after))
            assert reads or view == "mentions", view  # where nobody is mentioned, what leads there says so
            assert [read for read in reads if read.whole or read.is_sorted] == [], view
    counted = [read.line for read in looked_at(lambda: listing.counts(many.ana))]
    assert [line for line in counted if not line.endswith(LINKS)] == []  # what leads to conversations says it all
    for query in QUERIES:
        reads = looked_at(lambda query=query: finding.search(many.ana, query=query))
        assert reads, query
        assert [read for read in reads if read.whole] == [], query
    attributing.define(Described("Plan"), by=many.flora)
    attributing.set_values(many.carla, {"plan": "gold"}, by=many.flora)
    profiling.set_vip(many.carla, vip=True, by=many.flora)
    profiling.change(many.carla, {"language": "de"}, by=many.flora)
    for known in ("vip:yes", "vip:no", "language:de", "detail.plan:gold", "detail.plan:none"):
        name, _colon, value = known.partition(":")
        chosen = Filter((Condition(name, Operator.IS, value), Condition("status", Operator.IS, "closed")))
        reads = looked_at(lambda chosen=chosen: looking.page(many.ana, chosen, limit=20))
        assert reads, known
        assert [read for read in reads if read.whole] == [], known
    # Were the reader of plans blind, nothing above could fail.
    subjects = Conversation.objects.filter(subject__contains="7")
    assert any(read.whole for read in looked_at(lambda: list(subjects)))
    unsorted = Conversation.objects.filter(status="open", team=many.shop, merged_into=None).order_by("subject")
    assert any(read.is_sorted for read in looked_at(lambda: list(unsorted[:5])))


def test_every_order_is_read_along_an_index_of_its_own(many):
    unassigned = Filter((Condition("assignee", Operator.IS, "nobody"), Condition("tag", Operator.IS_NOT, "VIP")))
    for account in (many.ana, many.flora):
        for order in ordering.ORDERS.values():
            for after in (None, Cursor(clock.now() - timedelta(seconds=1500), 1500, 1 if order.ranks else 0)):
                asked: dict[str, Any] = {
                    view: lambda view=view, **rest: listing.inbox_page(account, view=view, **rest)  # noqa: B023
                    for view in ("open", "closed", "all", f"team:{many.shop.pk}")
                }
                asked["saved"] = lambda **rest: looking.page(account, unassigned, limit=20, **rest)  # noqa: B023
                for name, ask in asked.items():
                    reads = looked_at(lambda ask=ask: ask(order=order, after=after))  # noqa: B023
                    assert reads, (account, name, order)
                    assert [read for read in reads if read.whole or read.is_sorted] == [], (account, name, order)


@pytest.mark.parametrize("order", ordering.ORDERS.values(), ids=ordering.ORDERS.keys())
def test_what_one_person_holds_is_read_by_who_holds_it_in_every_order(many, order):
    for after in (None, Cursor(clock.now() - timedelta(seconds=1500), 1500, 1 if order.ranks else 0)):
        reads = looked_at(lambda after=after: listing.inbox_page(many.ana, view="mine", order=order, after=after))
        assert reads
        assert [read for read in reads if read.whole] == []
        if connection.vendor == "sqlite":  # PostgreSQL, which knows how much somebody holds, may not sort in this test
            assert [
                read for read in reads if " conversation_assignee " not in read.line and " INDEX conv" in read.line
            ] == []
            assert any(" conversation_assignee " in read.line for read in reads)


def test_every_column_of_a_board_is_read_along_an_index(many):
    tagged = Filter((Condition("tag", Operator.IS_NOT, "VIP"),))
    after = Cursor(clock.now() - timedelta(seconds=1500), 1500)
    for account in (many.ana, many.flora):
        for view, chosen in (("open", None), ("all", None), ("mentions", None), ("v1", tagged)):
            for by in boards.By:
                board = boards.board(account, view, chosen, by=by, order=ordering.ACTIVITY)
                for lane in board.lanes:
                    for start in (None, after):
                        ask = partial(boards.cards, account, board, lane, after=start, limit=boards.COUNTED)
                        reads = looked_at(ask)
                        assert reads or view == "mentions", (account, view, lane)
                        assert [read for read in reads if read.whole or read.is_sorted] == [], (account, view, lane)


class Read:
    """One look at the conversations within a plan: whether it reads all, whether what an index gives is sorted after."""

    def __init__(self, line, *, whole, is_sorted):
        self.line, self.whole, self.is_sorted = line, whole, is_sorted

    def __repr__(self):
        return f"{self.line} (whole: {self.whole}, sorted: {self.is_sorted})"


def looked_at(read):
    """Every look at the conversations that `read` causes, in the database's own words."""
    asked = []

    def record(execute, statement, parameters, many_, context):
        if statement.lstrip("( ").upper().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))
        return execute(statement, parameters, many_, context)

    with connection.execute_wrapper(record):
        read()
    plan = in_sqlite if connection.vendor == "sqlite" else in_postgresql
    return [found for statement, parameters in asked for found in plan(statement, parameters)]


def in_sqlite(statement, parameters):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + statement, parameters)
        lines = cursor.fetchall()
    sorted_within = {parent for _, parent, _, line in lines if line == "USE TEMP B-TREE FOR ORDER BY"}
    # A compound sorts its parts once more: that is a page each.
    compound = {number for number, _, _, line in lines if line in ("LEFT", "RIGHT")}
    for _, parent, _, line in lines:
        words = line.split()
        if words[0] in ("SCAN", "SEARCH") and "conversations_conversation" in tables(statement, words[1]):
            is_indexed = " INDEX conversation_" in line
            whole = words[0] == "SCAN" and "INDEX" not in line
            yield Read(line, whole=whole, is_sorted=is_indexed and parent in sorted_within - compound)


def tables(statement, alias):
    """Tables that go by this name somewhere in the statement."""
    words = statement.replace('"', "").replace("(", " ").replace(")", " ").replace(",", " ").split()
    named = {words[at - 1] for at, word in enumerate(words) if word == alias and at and words[at - 1].count("_")}
    return named | {alias}


def in_postgresql(statement, parameters):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + statement, parameters)
        (told,) = cursor.fetchone()
    plan = told if isinstance(told, list) else json.loads(told)
    return walk(plan[0]["Plan"], sorts=False)


def walk(node, *, sorts):
    # Where links carry what a list is sorted by, PostgreSQL does not look at the conversations at all.
    indexes = LISTED.get(node.get("Relation Name", ""))
    if indexes:
        by_list = node.get("Index Name", "").startswith(indexes)
        has_rows = indexes == "conversation_"  # there are no links here, so that any way to them is good
        whole = has_rows and (node["Node Type"] == "Seq Scan" or "Index Cond" not in node)
        line = f"{node['Node Type']} {node.get('Index Name')} of {node['Relation Name']}"
        yield Read(line, whole=whole, is_sorted=by_list and sorts)
    for child in node.get("Plans", ()):
        # Only a sort right above the reading sorts what a team holds; one above a union sorts a few pages.
        yield from walk(child, sorts=node["Node Type"] in ("Sort", "Incremental Sort"))
