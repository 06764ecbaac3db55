"""Lines of the bell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rapport.notifications.grouping import STORM, Rung, lines

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


def rung(conversation, minutes=0, *, said="assigned", actor=1, read=False):
    at = NOON - timedelta(minutes=minutes)
    return Rung(1000 - minutes, conversation, "Tulips", "assigned", said, "assigned", "Sam", actor, None, at, read)


def shape(found):
    return [(one.newest.conversation, one.more, one.unread, len(one.inside)) for one in lines(found)]


def test_one_conversation_is_one_line_and_unread_while_any_of_it_is():
    found = [rung(7, 1, read=True), rung(8, 2, read=True), rung(7, 3)]
    assert shape(found) == [(7, 1, True, 0), (8, 0, False, 0)]


def test_many_of_one_kind_by_one_person_at_once_are_one_line_that_holds_them():
    found = [rung(number, number) for number in range(STORM + 1)]
    assert shape(found) == [(0, STORM, True, STORM + 1)]
    assert [each.newest.conversation for each in lines(found)[0].inside] == list(range(STORM + 1))


def test_what_is_few_or_slow_or_of_different_people_or_kinds_stays_apart():
    few = [rung(number) for number in range(STORM)]
    slow = [rung(number, number * 5) for number in range(8)]
    people = [rung(number, actor=number) for number in range(8)]
    kinds = [rung(number, said=("noted", "assigned")[number % 2]) for number in range(8)]
    for found in (few, slow, people, kinds):
        assert [one.inside for one in lines(found)] == [[]] * len(found)


def test_nothing_is_no_line():
    assert lines([]) == []
