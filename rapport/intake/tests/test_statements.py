"""What an arrival costs the database: a budget of statements that nobody exceeds unseen."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.conversations.tests.cast import Cast
from rapport.intake import processing
from rapport.intake.accepting import Source, accept
from rapport.intake.parsing_child import ParseChild
from rapport.intake.tests.mails import arrive, mail, message_of

# Measured figures, savepoints of the test's own transaction included; who needs one more says so here.
FIRST_MAIL, ANSWER, ACCEPTING = 27, 18, 4


def statements_for(raw: bytes, cast: Cast) -> int:
    row = accept(raw, inbox=cast.inbox, source=Source("door"))
    assert row
    with ParseChild() as child, CaptureQueriesContext(connection) as queries:
        processing.process(row, child=child)
    row.refresh_from_db()
    assert row.state == "processed"
    return len(queries)


@pytest.fixture(autouse=True)
def known_statements(cast: Cast) -> None:
    """Statements are compiled at their first use; that asks nothing, but let it be done."""
    arrive(mail("before"), cast.inbox)


def test_the_first_mail_of_a_new_customer_keeps_to_its_budget(cast: Cast) -> None:
    raw = mail("new").replace(b"From: ", b"From: somebody.new@company.example\r\nX-Old-From: ", 1)
    assert statements_for(raw, cast) <= FIRST_MAIL


def test_an_answer_keeps_to_its_budget_however_long_its_references(cast: Cast) -> None:
    first = arrive(mail("first"), cast.inbox)
    ids = " ".join([*(f"<{number}@elsewhere.example>" for number in range(20)), f"<{message_of(first).external_id}>"])
    assert (
        statements_for(mail("answer").replace(b"From: ", b"References: %s\r\nFrom: " % ids.encode(), 1), cast) <= ANSWER
    )


def test_accepting_costs_one_insert(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        accept(mail(), inbox=cast.inbox, source=Source("door"))
    assert len(queries) <= ACCEPTING
    assert sum("INSERT" in query["sql"] for query in queries.captured_queries) == 1
