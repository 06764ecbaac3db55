"""Connections to PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, DataError, OperationalError, connection

from rapport.people.models import Team
from rapport.rows import ahead
from rapport.rows.asking import Objects, Question

straight = pytest.importorskip("rapport.rows.postgresql.straight")

pytestmark = pytest.mark.django_db


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def trips(monkeypatch):
    """How many kept statements went in each round trip."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no round trips")
    made: list[int] = []
    exchange = getattr(connection, "exchange")  # noqa: B009 - the stubs know no engine of ours

    def counted(asked):
        made.append(len(asked))
        return exchange(asked)

    monkeypatch.setattr(connection, "exchange", counted)
    return made


@pytest.fixture
def another():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server")
    opened = connection.copy()
    opened.ensure_connection()
    yield opened
    opened.close()


def test_a_connection_that_answered_a_moment_ago_is_not_asked_again(another, monkeypatch):
    assert another.is_usable()
    monkeypatch.setattr(another.connection, "cursor", None)
    assert another.is_usable()
    another._trusted_until = 0.0
    with pytest.raises(TypeError):
        another.is_usable()


def test_a_connection_that_the_server_ended_is_not_used(another):
    assert another.is_usable()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 20000)", [another.connection.info.backend_pid])
    assert not another.is_usable()


def test_a_statement_on_a_lost_connection_says_so_and_the_next_one_goes_by_a_new_connection(another):
    asked = [("SELECT name FROM people_team WHERE name = %s", ["none"])]
    assert another.exchange(asked) == [[]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 20000)", [another.connection.info.backend_pid])
    for _again in range(2):
        with pytest.raises(OperationalError):
            another.exchange(asked)
    another.close_if_unusable_or_obsolete()
    assert another.exchange(asked) == [[]]


def test_kept_statements_are_planned_once(another):
    with another.cursor() as cursor:
        cursor.execute("SELECT current_setting('plan_cache_mode'), current_setting('jit')")
        assert cursor.fetchone() == ("force_generic_plan", "off")


def test_what_a_page_expects_comes_along_once_and_in_its_order(trips):
    called = Question(lambda name: Team.objects.filter(name=name).values_list("name"))
    whole = Objects(lambda name: Team.objects.filter(name=name))
    among = Question(lambda ids: Team.objects.filter(pk__in=ids).values_list("pk"))
    shop = Team.objects.create(name="Shop")
    with ahead.reading():
        called.expect("Shop")
        among.expect([shop.pk, 7])
        called.expect("nobody asks for this")
        trips.clear()
        assert whole.ask("Shop") == [shop]
        assert [called.ask("Shop"), among.ask([shop.pk, 7])] == [[("Shop",)], [(shop.pk,)]]
        assert trips == [4]
        assert [called.ask("Shop"), called.ask("Ship")] == [[("Shop",)], []]
        assert trips == [4, 1, 1]


def test_where_something_may_be_written_nothing_is_expected(trips):
    called = Question(lambda name: Team.objects.filter(name=name).values_list("name"))
    called.expect("Shop")
    Team.objects.create(name="Shop")
    assert called.ask("Shop") == [("Shop",)]
    assert set(trips) == {1}


def test_a_statement_that_fails_takes_those_after_it_along_and_the_next_one_is_answered(another):
    called = ("SELECT name FROM people_team WHERE name = %s", ["none"])
    with pytest.raises(DataError):
        another.exchange([called, ("SELECT 1 / %s", [0]), called])
    with pytest.raises(DataError):
        another.exchange([("SELECT %s", ["a\0b"])])
    assert another.exchange([called, ("SELECT 'it''s 5 %%', %s::int", [5])]) == [[], [("it's 5 %", 5)]]


def test_what_fails_leaves_nothing_behind_and_costs_nothing_that_was_prepared(another):
    kept = [(f"SELECT {n} + %s", [1]) for n in range(3)]
    known = [("SELECT name FROM pg_prepared_statements WHERE name LIKE %s ORDER BY prepare_time, name", ["kept%"])]
    another.exchange([*kept, *known])
    for wrong in (("SELECT 1 / %s", [0]), ("SELECT nothing", [])):
        for _again in range(2):
            with pytest.raises(DatabaseError):
                another.exchange([wrong, ("SELECT 7 + %s", [1])])
    assert another.exchange([*kept, *known])[-1] == [("kept_1",), ("kept_2",), ("kept_3",), ("kept_4",), ("kept_5",)]
    assert another.exchange([("SELECT 7 + %s", [1])]) == [[(8,)]]


def test_what_the_server_forgot_is_prepared_anew(another):
    asked = [("SELECT %s + 1", [1]), ("SELECT %s::timestamptz", [NOON])]
    assert another.exchange(asked) == [[(2,)], [(NOON,)]]
    with another.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert another.exchange(asked) == [[(2,)], [(NOON,)]]


def test_only_so_many_statements_are_kept(another, monkeypatch):
    monkeypatch.setattr(straight, "MOST_KEPT", 2)
    for _round in range(2):
        assert [another.exchange([(f"SELECT {n} + %s", [1])]) for n in range(4)] == [[[(n + 1,)]] for n in range(4)]
    with another.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'kept%%'")
        assert cursor.fetchone() == (2,)


def test_a_transaction_begins_with_its_first_statement(another):
    another.set_autocommit(False)
    assert another.exchange([("SELECT pg_current_xact_id() = pg_current_xact_id()", [])]) == [[(True,)]]
    assert another.connection.info.transaction_status.name == "INTRANS"
    another.rollback()
