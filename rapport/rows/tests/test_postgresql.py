"""Connections to PostgreSQL."""

from __future__ import annotations

import pytest
from django.db import connection

from rapport.people.models import Team
from rapport.rows.asking import Question

pytestmark = pytest.mark.django_db


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


def test_kept_statements_are_planned_once(another):
    with another.cursor() as cursor:
        cursor.execute("SELECT current_setting('plan_cache_mode'), current_setting('jit')")
        assert cursor.fetchone() == ("force_generic_plan", "off")


def test_one_cursor_serves_one_statement_after_the_other():
    called = Question(lambda name: Team.objects.filter(name=name).values_list("name"))
    Team.objects.create(name="Shop")
    asked = ("Shop", "Shop", "Shop", "none", "Shop")
    assert [called.ask(name) for name in asked] == [[("Shop",)] * (name == "Shop") for name in asked]
