"""Named reads of the audit log."""

from __future__ import annotations

import pytest
from django.db import connection

from rapport.events import auditing, listing, recording

pytestmark = pytest.mark.django_db


def test_the_kinds_of_audited_areas_are_known_and_no_others():
    assert listing.kinds_known() == []
    for kind in ("team.changed", "macro.created", "team.created", "team.changed"):
        auditing.changed(kind, None, by=None, after={"name": kind})
    recording.record("message.received", conversation=1)
    assert listing.kinds_known() == ["macro.created", "team.changed", "team.created"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the other database plans so few rows otherwise")
@pytest.mark.parametrize("statement", [listing._AREAS, listing._KINDS])
def test_kinds_are_read_along_an_index(statement):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + statement)
        lines = [line for *_, line in cursor.fetchall() if "events_event" in line]
    assert lines
    assert [line for line in lines if not line.startswith("SEARCH events_event USING COVERING INDEX")] == []
