"""Times that are offered for sending later."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rapport.desk.conversation import times
from rapport.people.whereabouts import Whereabouts

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")


def at(written, zone=BERLIN):
    return datetime.fromisoformat(written).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "zone", "morning"),
    [
        ("2026-03-02T07:00", BERLIN, "2026-03-02T09:00"),
        ("2026-03-02T08:50", BERLIN, "2026-03-03T09:00"),  # upon us
        ("2026-03-02T20:00", TOKYO, "2026-03-03T09:00"),
        ("2026-03-28T12:00", BERLIN, "2026-03-29T09:00"),  # the night loses an hour
        ("2026-12-31T23:59", TOKYO, "2027-01-01T09:00"),
    ],
)
def test_the_next_morning_of_a_zone(now, zone, morning):
    assert times.next_morning(at(now), zone) == at(morning, zone)


def test_the_afternoon_is_offered_while_it_lies_ahead(settings):
    early, late = (times.send_times(at(now), Whereabouts(TOKYO)) for now in ("2026-03-02T10:30", "2026-03-02T14:00"))
    assert [one.at for one in early] == [
        "2026-03-02T11:30+01:00", "2026-03-02T14:00+01:00", "2026-03-03T09:00+01:00", "2026-03-03T09:00+09:00",
    ]  # fmt: skip
    assert len(late) == 3
    settings.TIME_ZONE = "Europe/Berlin"
    assert "not known" in times.send_times(at("2026-03-02T10:30"), None)[-1].words
