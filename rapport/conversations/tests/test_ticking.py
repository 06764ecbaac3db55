"""Checklists are ticked, by whom and when; and minutes are noted where the company wants to know."""

from __future__ import annotations

import pytest

from rapport.conversations import merging, shaping, ticking, timing
from rapport.conversations.errors import NotAllowed, NotFound, WrongValue
from rapport.conversations.tests.cast import fresh, kinds
from rapport.people import installing


@pytest.fixture
def wedding(cast):
    return shaping.create_checklist("Wedding order", items=["Date", " ", "Colours"], by=cast.flora)


@pytest.fixture
def tulips(cast, wedding):
    found = cast.conversation()
    ticking.add(found, wedding, by=cast.ana)
    return found


def lists(conversation):
    return ticking.lists_of(fresh(conversation))


def test_a_step_is_ticked_by_somebody_at_some_time(cast, tulips):
    ticking.tick(tulips, number=1, item=1, done=True, by=cast.ana)
    ticking.tick(tulips, number=1, item=1, done=True, by=cast.sam)
    step = lists(tulips)[0].items[1]
    assert (step.words, step.by, step.at is not None) == ("Colours", cast.ana.pk, True)
    assert ticking.open_items(fresh(tulips)) == 1
    ticking.tick(tulips, number=1, item=1, done=False, by=cast.sam)
    assert ticking.open_items(fresh(tulips)) == 2
    assert [kind.partition(".")[2] for kind in kinds(tulips)][-2:] == ["ticked", "unticked"]


def test_a_list_stays_as_it_was_added_and_can_be_taken_off(cast, wedding, tulips):
    shaping.change_checklist(wedding, name="Weddings", items=["Church"], by=cast.flora)
    assert [step.words for step in lists(tulips)[0].items] == ["Date", "Colours"]
    ticking.add(tulips, wedding, by=cast.ana)
    ticking.remove(tulips, number=1, by=cast.ana)
    assert [(one.number, one.name) for one in lists(tulips)] == [(2, "Weddings")]


@pytest.mark.parametrize(("number", "item"), [(9, 0), (1, 9), (1, -1)])
def test_a_step_that_is_not_there_is_not_found(cast, tulips, number, item):
    with pytest.raises(NotFound):
        ticking.tick(tulips, number=number, item=item, done=True, by=cast.ana)


def test_a_merge_takes_the_lists_along_and_its_undo_gives_them_back_worked_off(cast, tulips):
    other = cast.conversation("Other")
    merging.merge(fresh(tulips), into=fresh(other), by=cast.ana)
    ticking.tick(other, number=1, item=0, done=True, by=cast.ana)
    merging.undo_merge(fresh(tulips), by=cast.ana)
    assert lists(other) == []
    assert lists(tulips)[0].open == 1


def test_lists_are_few_and_have_steps(cast, wedding, tulips):
    for _ in range(ticking.MOST_LISTS - 1):
        ticking.add(tulips, wedding, by=cast.ana)
    with pytest.raises(WrongValue):
        ticking.add(tulips, wedding, by=cast.ana)
    with pytest.raises(WrongValue):
        shaping.create_checklist("Nothing", items=[" "], by=cast.flora)


def test_minutes_are_noted_summed_and_corrected_by_their_owner(cast, tulips, monkeypatch):
    with pytest.raises(NotAllowed):
        timing.note(tulips, minutes=5, by=cast.ana)
    installing.set_time_spent(is_noted=True, by=cast.flora)
    entry = timing.note(tulips, minutes=5, words="call", by=cast.ana)
    timing.note(tulips, minutes=30, by=cast.sam)
    monkeypatch.setattr(timing, "SHOWN", 1)
    timing.note(tulips, minutes=2, by=cast.ana)
    assert timing.sums(cast.ana, tulips) == [("Sam Silva", 30), ("Ana Adler", 7)]
    with pytest.raises(NotFound):
        timing.correct(tulips, entry=entry.pk, minutes=1, by=cast.sam)
    timing.correct(tulips, entry=entry.pk, minutes=40, by=cast.ana)
    assert timing.sums(cast.ana, tulips)[0] == ("Ana Adler", 42)
    timing.correct(tulips, entry=entry.pk, minutes=0, by=cast.ana)
    assert timing.sums(cast.ana, tulips)[-1] == ("Ana Adler", 2)


@pytest.mark.parametrize("minutes", [0, -1, 1441])
def test_minutes_are_those_of_a_day(cast, tulips, minutes):
    installing.set_time_spent(is_noted=True, by=cast.flora)
    with pytest.raises(WrongValue):
        timing.note(tulips, minutes=minutes, by=cast.ana)
