"""The week, by table; and that it is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rapport.events.models import Event
from rapport.hours import keeping
from rapport.hours.week import Week, tidy
from rapport.people.tests.cast import assemble

NINE_TO_FIVE = ((540, 1020),)
WORKDAYS = Week("Europe/Berlin", (NINE_TO_FIVE,) * 5 + ((),) * 2)
LUNCH = Week("Europe/Berlin", (((540, 720), (780, 1020)),) + ((),) * 6)
NIGHT = Week("Europe/Berlin", ((),) * 6 + (((150, 180),),))
NEVER = Week("UTC", ((),) * 7)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("week", "moment", "is_open", "opens"),
    [
        (WORKDAYS, "2026-03-02T07:59", False, "2026-03-02T08:00"),  # a Monday in winter: UTC+1
        (WORKDAYS, "2026-03-02T08:00", True, "2026-03-03T08:00"),
        (WORKDAYS, "2026-03-02T16:00", False, "2026-03-03T08:00"),
        (WORKDAYS, "2026-03-06T20:00", False, "2026-03-09T08:00"),  # Friday evening
        (WORKDAYS, "2026-03-28T12:00", False, "2026-03-30T07:00"),  # over the night when clocks go forward
        (LUNCH, "2026-03-02T11:30", False, "2026-03-02T12:00"),
        (LUNCH, "2026-03-02T17:00", False, "2026-03-09T08:00"),
        (NIGHT, "2026-03-28T23:00", False, "2026-03-29T01:30"),  # 02:30 does not exist that night
        (NEVER, "2026-03-02T12:00", False, None),
    ],
)
def test_when_it_is_open_and_opens_next(week, moment, is_open, opens):
    assert week.is_open_at(utc(moment)) is is_open
    assert week.next_opening(utc(moment)) == (utc(opens) if opens else None)


def test_spans_are_put_in_order_and_joined():
    assert tidy([(780, 1020), (540, 720), (700, 780)]) == ((540, 1020),)
    for wrong in ((540, 540), (600, 540), (-1, 5), (1400, 1441)):
        with pytest.raises(ValueError, match=str(wrong[1])):
            tidy([wrong])


@pytest.mark.django_db
def test_a_week_is_kept_and_told_in_the_audit_log():
    cast = assemble()
    assert keeping.current() is None
    keeping.keep(LUNCH, by=cast.olga)
    assert keeping.current() == LUNCH
    keeping.keep(WORKDAYS, by=cast.olga)
    told = Event.objects.filter(kind="hours.changed").latest("pk").data
    assert (told["before"]["monday"], told["after"]["monday"]) == ("09:00–12:00, 13:00–17:00", "09:00–17:00")
