"""Connections to PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, DataError, IntegrityError, OperationalError, connection, transaction

from rapport.people.models import Team
from rapport.rows import ahead, writing
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

    def counted(way):
        def ask(asked):
            made.append(len(asked))
            return way(asked)

        return ask

    for name in ("exchange", "send"):
        monkeypatch.setattr(connection, name, counted(getattr(connection, name)))
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


def test_answers_on_their_way_wait_for_nothing_and_outlive_whatever_comes_between(another):
    nap = ("SELECT pg_sleep(%s::float8), 'slept'", [0.01])
    first, second = another.send([("SELECT %s + 1", [1]), nap])
    third, _unwanted = another.send([("SELECT %s + 1", [3]), nap])
    assert another.answer(third) == [(4,)]
    with another.cursor() as cursor:  # nothing is on its way any more when it asks
        cursor.execute("SELECT 7")
        assert cursor.fetchone() == (7,)
    assert another.exchange([("SELECT %s + 1", [5])]) == [[(6,)]]
    assert [another.answer(one)[0][-1] for one in (second, first)] == ["slept", 2]


def test_of_what_is_on_its_way_only_the_wrong_one_fails(another):
    plus, wrong = ("SELECT %s + 1", [1]), ("SELECT 1 / %s", [0])
    before, broken, after = another.send([plus, wrong, ("SELECT %s + 2", [1])])
    assert another.answer(after) == [(3,)]
    assert another.answer(before) == [(2,)]
    with pytest.raises(DataError):
        another.answer(broken)
    forgotten, known = another.send([plus, plus])
    another.finish()
    with another.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert [another.answer(one) for one in another.send([plus, plus])] == [[(2,)], [(2,)]]
    assert [another.answer(one) for one in (forgotten, known)] == [[(2,)], [(2,)]]


def test_rows_fetched_bit_by_bit_come_between_what_is_on_its_way(another):
    another.set_autocommit(False)
    with another.chunked_cursor() as rows:
        rows.execute("SELECT generate_series(1, 3)")
        [sent] = another.send([("SELECT %s + 1", [1])])
        assert rows.fetchmany(2) == [(1,), (2,)]
        assert another.answer(sent) == [(2,)]
        assert rows.fetchmany(2) == [(3,)]
    [sent] = another.send([("SELECT %s + 1", [1])])
    assert another._straight._under_way
    another.rollback()


def test_a_transaction_ends_after_what_is_on_its_way(another):
    another.set_autocommit(False)
    [sent] = another.send([("SELECT pg_current_xact_id() IS NOT NULL", [])])
    another.commit()
    assert another.connection.info.transaction_status.name == "IDLE"
    assert another.answer(sent) == [(True,)]


def test_what_is_written_is_committed_in_one_round_trip_with_the_end_or_not_at_all(another):
    made = "CREATE TEMPORARY TABLE kept (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED)"
    with another.cursor() as cursor:
        cursor.execute(made)
    put = "INSERT INTO kept VALUES (%s)"
    another.set_autocommit(False)
    another.write(put, [1])
    another.commit()
    assert another.connection.info.transaction_status.name == "IDLE"
    another.write(put, [1])
    with pytest.raises(IntegrityError):  # which the server sees at the end only
        another.commit()
    another.rollback()
    another.write(put, [2])
    another.send([("SELECT 1 / %s", [0])])  # nobody ever asks for this
    with pytest.raises(DatabaseError, match="undone"):
        another.commit()
    another.rollback()
    assert another.exchange([("SELECT count(*) FROM kept", [])]) == [[(1,)]]
    another.rollback()


def test_what_was_on_its_way_on_a_lost_connection_is_an_error_and_the_next_connection_works(another):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 20000)", [another.connection.info.backend_pid])
    with pytest.raises(OperationalError):
        another.answer(another.send([("SELECT %s + 1", [1])])[0])
    another.close_if_unusable_or_obsolete()
    [lost] = another.send([("SELECT %s + 1", [1])])
    another.close()
    assert another.exchange([("SELECT %s + 1", [1])]) == [[(2,)]]
    assert another.answer(lost) == [(2,)]


def test_what_nobody_came_for_is_done_with_when_the_reading_ends(trips):
    slept = Question(lambda name: Team.objects.filter(name=name).values_list("name"))
    first = Question(lambda: Team.objects.values_list("pk").order_by("-pk")[:1])
    with ahead.reading():
        slept.expect("nobody asks for this")
        first.expect(comes_first=True)
        assert slept.ask("Shop") == []
        assert trips == [3]
    assert not getattr(connection, "_straight")._under_way  # noqa: B009 - the stubs know no engine of ours


def test_what_is_written_without_waiting_fails_in_what_comes_next(another):
    wrong = ("SELECT 1 / %s", [0])
    another.set_autocommit(False)
    another.write(*wrong)
    with pytest.raises(DataError):
        another.exchange([("SELECT %s + 1", [1])])
    another.rollback()
    another.write(*wrong)
    another.write("SELECT %s + 1", [1])
    for _again in range(2):  # whoever overlooks it hears of it again
        with pytest.raises(DataError):
            another.commit()
    another.rollback()
    another.write(*wrong)
    another.rollback()  # what is undone fails nobody
    assert another.exchange([("SELECT %s + 1", [1])]) == [[(2,)]]
    another.rollback()


def test_a_part_of_a_transaction_is_undone_with_what_was_written_in_it_and_costs_no_round_trip(trips):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite waits for each")
    kept, other = Team(name="Shop"), Team(name="Drivers")
    writing.insert(other)
    with pytest.raises(IntegrityError), transaction.atomic():
        writing.insert_for_good(Team(name="Drivers"))
    trips.clear()
    with transaction.atomic(), transaction.atomic():
        writing.insert(kept)
    assert trips == [1]
    assert list(Team.objects.filter(name="Shop")) == [kept]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        kept.name = "Ship"
        writing.update(kept, "name")
        raise ZeroDivisionError
    assert Team.objects.get(pk=kept.pk).name == "Shop"
