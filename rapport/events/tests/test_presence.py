"""Who is viewing or writing is known while they say so."""

from __future__ import annotations

import pytest

from rapport.events.presence import EXPIRES_SECONDS, GONE, VIEWING, WRITING, Presence
from rapport.kit import clock


@pytest.fixture
def moment(monkeypatch):
    """The monotonic clock, to be turned by hand."""
    now = [100.0]
    monkeypatch.setattr(clock, "monotonic", lambda: now[0])
    return now


def names(presence: Presence) -> list[tuple[str, str]]:
    return [(here.name, here.state) for here in presence.people_at(1)]


def test_two_people_at_one_conversation_are_both_seen(moment):
    presence = Presence()
    assert presence.note(1, account=2, name="Berta", state=WRITING)
    assert presence.note(1, account=1, name="Anna", state=VIEWING)
    assert names(presence) == [("Anna", VIEWING), ("Berta", WRITING)]


def test_saying_the_same_again_changes_nothing_for_others(moment):
    presence = Presence()
    presence.note(1, account=1, name="Anna", state=VIEWING)
    assert not presence.note(1, account=1, name="Anna", state=VIEWING)


def test_who_leaves_is_gone_at_once(moment):
    presence = Presence()
    presence.note(1, account=1, name="Anna", state=VIEWING)
    assert presence.note(1, account=1, name="Anna", state=GONE)
    assert names(presence) == []


def test_who_is_not_heard_of_is_forgotten(moment):
    presence = Presence()
    presence.note(1, account=1, name="Anna", state=VIEWING)
    presence.note(2, account=1, name="Anna", state=VIEWING)
    moment[0] += EXPIRES_SECONDS - 1
    presence.note(1, account=1, name="Anna", state=VIEWING)
    moment[0] += 2
    assert presence.expire() == {2}
    assert names(presence) == [("Anna", VIEWING)]
