"""Times and sizes as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone, translation

from rapport.ui import lists, moments
from rapport.ui.jinja import initials

NOW = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(minutes=5), "14:00"),
        (timedelta(days=1), "Mon"),
        (timedelta(days=6), "Wed"),
        (timedelta(days=7), "24 Feb"),
        (timedelta(days=400), "27 Jan 2025"),
        (timedelta(days=-1), "4 Mar"),
    ],
)
def test_the_least_that_tells_when(ago, words):
    assert moments.short(NOW - ago, NOW) == words


@pytest.mark.parametrize(
    ("ago", "words"), [(5, "now"), (-90, "now"), (25 * 60, "25 min"), (3 * 3600, "3 h"), (50 * 3600, "2 d")]
)
def test_an_age_has_one_unit(ago, words):
    assert moments.age(NOW - timedelta(seconds=ago), NOW) == words


def test_times_are_told_in_the_readers_zone():
    with timezone.override("Asia/Tokyo"):
        assert moments.exact(NOW) == "Tue 3 Mar 2026, 23:05"


def test_a_time_says_itself_exactly_to_machines_and_on_hover():
    shown = moments.moment(NOW, "age")
    assert 'datetime="2026-03-03T14:05:00Z"' in shown
    assert 'title="Tue 3 Mar 2026, 14:05"' in shown
    assert ">Tue 3 Mar 2026, 14:05<" in moments.moment(NOW, "exact"), "on paper nobody can hover"


@pytest.mark.parametrize(("count", "words"), [(640, "640 B"), (12_345, "12 kB"), (3_400_000, "3.4 MB")])
def test_sizes_are_round(count, words):
    assert moments.size(count) == words


@pytest.mark.parametrize(
    ("language", "size", "listed"),
    [
        ("de", "3,4 MB", "Ana, Ben"),
        ("es", "3,4 MB", "Ana, Ben"),
        ("fr", "3,4\N{NO-BREAK SPACE}Mo", "Ana, Ben"),
        ("zh-hans", "3.4 MB", "Ana、Ben"),
    ],
)
def test_sizes_and_lists_are_written_as_the_reader_writes_them(language, size, listed):
    with translation.override(language):
        assert moments.size(3_400_000) == size
        assert lists.listed(["Ana", "Ben"]) == listed


@pytest.mark.parametrize(("hour", "said"), [(0, "12:05 AM"), (9, "9:05 AM"), (12, "12:05 PM"), (23, "11:05 PM")])
def test_where_hours_are_counted_to_twelve_midnight_and_noon_are_twelve(hour, said):
    with translation.override("en-us"):
        assert moments.hours(time(hour, 5)).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(
    ("name", "letters"), [("Ada Love", "AL"), ("ada@example.org", "A"), ("  ", "?"), ("Jean Luc Picard", "JP")]
)
def test_two_letters_stand_for_a_name(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("language", "of_week", "of_year", "older", "exact"),
    [
        ("de", "Mo", "24. Feb.", "27. Jan. 2025", "Di 3. März 2026, 14:05"),
        ("es", "lun", "24 feb", "27 ene 2025", "mar 3 mar 2026, 14:05"),
        ("fr", "lun.", "24 févr.", "27 janv. 2025", "mar. 3 mars 2026, 14:05"),
        ("zh-hans", "周一", "2月24日", "2025年1月27日", "2026年3月3日 周二 14:05"),
        ("en-us", "Mon", "Feb 24", "Jan 27, 2025", "Tue, Mar 3, 2026, 2:05\N{NO-BREAK SPACE}PM"),
    ],
)
def test_days_are_written_as_the_reader_writes_them(language, of_week, of_year, older, exact):
    with translation.override(language):
        assert [moments.short(NOW - timedelta(days=days), NOW) for days in (1, 7, 400)] == [of_week, of_year, older]
        assert moments.exact(NOW) == exact


@pytest.mark.parametrize(
    ("language", "dated", "whole"),
    [
        ("en", "2 Mar 2026", "Monday 2 March"),
        ("de", "2. März 2026", "Montag, 2. März"),
        ("es", "2 mar 2026", "Lunes, 2 de marzo"),
        ("fr", "2 mars 2026", "Lundi 2 mars"),
        ("zh-hans", "2026年3月2日", "3月2日 星期一"),
    ],
)
def test_a_day_of_no_zone_as_each_language_writes_it(language, dated, whole):
    with translation.override(language):
        assert (moments.dated(date(2026, 3, 2)), moments.whole(date(2026, 3, 2))) == (dated, whole)
