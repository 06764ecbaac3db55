"""What the audit log keeps of a change: what differs, before and after, and of secrets their names."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.events import auditing, listing
from rapport.events.listing import Asked
from rapport.events.models import Event
from rapport.kit import clock
from rapport.people.models import Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return Team.objects.create(name="Sales")


def tell(*given: Any, **told: Any) -> Event:
    event = auditing.changed(*given, **told)
    assert event is not None
    return Event.objects.get(pk=event.pk)


def told(event: Event) -> list[tuple[str, Any, Any]]:
    return auditing.differences(event.data)


def test_only_what_differs_is_kept(team):
    before = auditing.state(team, "name", "signature_html")
    team.name = "Shop"
    event = tell("team.changed", team, by=None, before=before)
    assert told(event) == [("name", "Sales", "Shop")]
    assert (event.area, event.subject_id, event.data["name"]) == ("team", team.pk, "Shop")


def test_a_change_that_changes_nothing_is_not_told(team):
    assert auditing.changed("team.changed", team, by=None, before=auditing.state(team, "name")) is None
    assert not Event.objects.exists()


def test_a_part_of_a_whole_is_told_as_that_part(team):
    before, after = {"imap": {"host": "a", "port": 1}}, {"imap": {"host": "b", "port": 1}}
    assert told(tell("inbox.changed", team, by=None, before=before, after=after)) == [("imap.host", "a", "b")]


def test_a_secret_is_named_and_never_told(team):
    event = tell("inbox.changed", team, by=None, before={}, after={}, secrets={"imap_password": "tulip"})
    assert told(event) == [("imap_password", None, None)]
    assert "tulip" not in str(event.data)


def test_long_words_are_cut_and_say_by_how_much_but_their_last_letter_counts(team):
    long = "x" * (auditing.MOST_CHARS + 5)
    event = tell("macro.changed", team, by=None, before={"html": f"{long}y"}, after={"html": f"{long}z"})
    assert told(event)[0][2].endswith("(+6)")


def test_the_log_is_read_by_pages_whose_lines_may_share_a_moment(team):
    with clock.standing_at(clock.now()):
        kept = [tell("team.ended", team, by=team).pk for _ in range(7)]
    Event.objects.create(kind="conversation.closed", at=clock.now())
    first, after = listing.audited(Asked(actor=team.pk), most=4)
    with CaptureQueriesContext(connection) as asked:
        second, end = listing.audited(Asked(actor=team.pk), after=after, most=4)
    assert [one.pk for one in first + second] == kept[::-1]
    assert end is None
    assert len(asked) == 2
    assert [one.pk for one in listing.all_audited(Asked(area="team"))] == kept[::-1]
    assert not listing.audited(Asked(nobody=True))[0]
