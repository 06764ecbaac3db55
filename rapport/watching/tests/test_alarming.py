"""From troubles to alarms: when they open, what keeps them, when they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from rapport.events.models import Event
from rapport.watching import alarming, listing
from rapport.watching.kinds import Kind, about, cure, sentence
from rapport.watching.models import Alarm
from rapport.watching.troubles import Trouble, Watcher

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WAITING = Trouble(Kind.MAIL_WAITING, NOON - timedelta(minutes=2), facts={"count": 3})


def look(seconds: float, *found: Trouble, kinds: set[Kind] | None = None) -> list[str]:
    """Note what was found so many seconds after noon; the kinds of the alarms that stand then."""
    alarming.note(found, looked_at=kinds or set(Kind), now=NOON + timedelta(seconds=seconds))
    return [alarm.kind for alarm in listing.standing()]


def test_a_trouble_becomes_an_alarm_when_it_lasts():
    assert [look(0, WAITING), look(30, WAITING), look(60, WAITING)] == [[], [], ["mail_waiting"]]


def test_a_trouble_that_passes_leaves_nothing():
    look(0, WAITING)
    look(30)
    assert not Alarm.objects.exists()


def test_what_was_seen_before_a_long_gap_does_not_count_as_lasting():
    look(0, WAITING)
    assert look(3600, WAITING) == []


def test_an_alarm_ends_when_its_trouble_is_over_and_keeps_its_row():
    look(0, WAITING)
    look(60, WAITING)
    assert look(90) == []
    assert Alarm.objects.get().ended_at == NOON + timedelta(seconds=90)


def test_what_comes_back_soon_is_the_same_alarm():
    for second in (0, 60):
        look(second, WAITING)
    look(90)
    look(120, WAITING)
    assert look(150, WAITING) == ["mail_waiting"]
    assert Alarm.objects.count() == 1


def test_an_alarm_stays_while_nobody_could_look():
    look(0, WAITING)
    look(60, WAITING)
    assert look(90, kinds={Kind.DISK_FULL}) == ["mail_waiting"]


def test_a_look_that_breaks_ends_no_alarm_and_stops_no_other_look():
    def breaks(now: datetime) -> list[Trouble]:
        raise OSError("disk")

    look(0, WAITING)
    look(60, WAITING)
    full = Trouble(Kind.DISK_FULL, NOON, facts={"free": 1})
    watchers = [
        Watcher(frozenset({Kind.MAIL_WAITING}), breaks),
        Watcher(frozenset({Kind.DISK_FULL}), lambda now: [full]),
    ]
    alarming.look_around(watchers, NOON + timedelta(seconds=90))
    assert [alarm.kind for alarm in listing.standing()] == ["disk_full", "mail_waiting"]


def test_what_follows_from_another_trouble_opens_nothing_and_ends_nothing():
    follows = Trouble(Kind.MAIL_WAITING, NOON, facts={"count": 3}, follows=True)
    assert [look(second, follows) for second in (0, 60, 90)] == [[], [], []]
    look(100, WAITING)
    look(170, WAITING)
    assert look(200, follows) == ["mail_waiting"]


def test_each_subject_has_its_alarm_and_figures_are_kept_up_to_date():
    folders = [Trouble(Kind.FETCH_SILENT, NOON, f"1:{part}", {"part": part, "inbox": "Shop"}) for part in ("A", "B")]
    look(0, *folders, WAITING)
    more = Trouble(Kind.MAIL_WAITING, NOON, facts={"count": 9})
    assert look(60, *folders, more) == ["mail_waiting", "fetch_silent", "fetch_silent"]
    assert "9" in Alarm.objects.get(kind="mail_waiting").sentence


def test_a_clock_that_went_back_is_told_for_an_hour():
    went_back = Trouble(Kind.CLOCK_BACK, NOON, facts={"seconds": 600})
    assert [look(0, went_back), look(30), look(3601)] == [["clock_back"], ["clock_back"], []]


def test_a_clock_that_goes_back_lets_a_lasting_trouble_become_an_alarm():
    look(0, WAITING)
    assert [look(-3600, WAITING), look(-3540, WAITING)] == [[], ["mail_waiting"]]


def test_opening_and_ending_are_recorded():
    look(0, WAITING)
    look(60, WAITING)
    look(90)
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == ["alarm.opened", "alarm.ended"]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_words_that_can_be_read_even_with_facts_missing(kind):
    assert "" not in (sentence(kind, {}), cure(kind, {}))
    assert about(kind).patience >= timedelta(0)


def test_the_day_on_which_a_consent_ends_is_told_as_its_reader_writes_days():
    kept = {"inbox": "Shop", "ends": "2026-12-03 14:05 UTC"}
    with translation.override("de"):
        assert "Do 3. Dez. 2026, 14:05 UTC" in sentence("consent_ending", kept)
    assert "soon" in sentence("consent_ending", {"ends": "soon"})
