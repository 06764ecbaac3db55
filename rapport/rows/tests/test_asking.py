"""Kept statements of plain columns, asked with other values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rapport.people.models import Team
from rapport.rows import literal, preparing
from rapport.rows.asking import Question

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def teams(db):
    return [Team.objects.create(name=f"Team {n}", created_at=NOON + timedelta(days=n)) for n in range(5)]


def test_the_second_question_brings_its_own_values(teams):
    named = Question(lambda name: Team.objects.filter(name=name).values_list("pk"))
    assert [named.ask("Team 1"), named.ask("Team 3")] == [[(teams[1].pk,)], [(teams[3].pk,)]]


def test_moments_go_in_and_come_out_as_moments(teams):
    later = Question(lambda at: Team.objects.filter(created_at__gt=at).order_by("pk").values_list("created_at"))
    assert later.ask(NOON + timedelta(days=3)) == [(NOON + timedelta(days=4),)]


@pytest.mark.parametrize("length", [0, 1, 2, 3, 5])
def test_lists_may_have_any_length(teams, length):
    among = Question(lambda ids: Team.objects.filter(pk__in=ids).order_by("pk").values_list("pk"))
    ids = [team.pk for team in teams[:length]]
    assert among.ask(ids) == [(pk,) for pk in ids]


def test_each_shape_is_a_statement_of_its_own(teams):
    most = Question(lambda count, name: Team.objects.exclude(name=name).order_by("pk").values_list("pk")[:count])
    assert [len(most.ask("Team 0", shape=count)) for count in (1, 3, 1)] == [1, 3, 1]


def test_a_statement_of_any_length_finds_what_it_means(teams):
    among = Question(lambda ids: Team.objects.filter(pk__in=ids).order_by("pk").values_list("pk"))
    assert among.ask([*range(10**6, 10**6 + 600), teams[2].pk]) == [(teams[2].pk,)]


def test_places_are_counted_and_per_cents_stand_for_themselves():
    text = 'SELECT * FROM "a" WHERE "b" = %s AND "c" LIKE \'%%s\' AND "d" IN (%s, %s)'
    assert preparing.numbered(text) == 'SELECT * FROM "a" WHERE "b" = $1 AND "c" LIKE \'%s\' AND "d" IN ($2, $3)'


def test_constants_go_into_the_text_and_a_list_becomes_one_array():
    text = (
        'SELECT %s FROM "a" WHERE "b" LIKE %s AND "c" IN (%s, %s) AND "d" IN (%s, %s) AND "e" = %s AND "f" LIKE \'%%\''
    )
    places = [(None, "it's"), (None, "50 %"), (1, 0), (2, 0), (None, 7), (None, "ä"), (0, 0)]
    written, left = literal.written_out(text, places, {1: 2})
    assert written == (
        "SELECT 'it''s' FROM \"a\" WHERE \"b\" LIKE '50 %%' AND \"c\" = ANY (%s::bigint[]) "
        'AND "d" IN ((7)::bigint, %s) AND "e" = %s AND "f" LIKE \'%%\''
    )
    assert left == ((1, 0), (None, "ä"), (0, 0))


@pytest.mark.parametrize("text", ['"a" IN (%s, %s, %s)', '"a" = %s AND "b" IN (%s, %s)'])
def test_a_list_among_other_values_is_refused(text):
    with pytest.raises(TypeError):
        literal.written_out(text, [(1, 0), (2, 0), (0, 0)], {1: 2})


def test_quotes_and_per_cents_of_a_statement_are_what_they_were(teams):
    odd = Team.objects.create(name="100 % 'of' it\\", created_at=NOON)
    called = Question(lambda pk: Team.objects.filter(pk=pk, name=odd.name).values_list("name"))
    assert called.ask(odd.pk) == [(odd.name,)]
    begun = Question(lambda pk: Team.objects.filter(pk=pk, name__startswith="100 % '").values_list("name"))
    assert begun.ask(odd.pk) == [(odd.name,)]
