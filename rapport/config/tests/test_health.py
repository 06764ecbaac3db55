"""The health address: ok, degraded or failing with codes for anybody, sentences for those who may know."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.test import Client

from rapport.kit import clock
from rapport.people.tests.cast import Cast, assemble
from rapport.reactions import schedule, watchers
from rapport.reactions.models import ScheduledRun
from rapport.watching.models import Alarm

pytestmark = pytest.mark.django_db
HERE: dict[str, Any] = {"HTTP_HOST": "127.0.0.1:8000"}


@pytest.fixture
def cast() -> Cast:
    schedule.beat(["fetching", "outbox"])
    return assemble()


@pytest.fixture
def alarm(cast: Cast) -> Alarm:
    """An inbox of sales cannot be read."""
    now = clock.now()
    facts = {"inbox": "Shop", "part": "INBOX", "reason": "login: wrong password"}
    return Alarm.objects.create(kind="fetch_failing", subject="1:INBOX", since=now, opened_at=now, facts=facts)


def health(client: Client | None = None, **headers: Any):
    answer = (client or Client()).get("/health/", **headers)
    return answer.status_code, answer.json()


def test_a_healthy_installation_is_ok(cast):
    assert health() == (200, {"status": "ok", "codes": [], "database": True})


def test_an_alarm_makes_it_degraded_and_names_the_code_only(alarm):
    assert health() == (200, {"status": "degraded", "codes": ["fetch_failing"], "database": True})


def test_a_worker_that_is_silent_is_seen_by_the_web_process_itself(cast):
    ScheduledRun.objects.update(last_success_at=clock.now() - timedelta(minutes=5))
    assert health()[1]["codes"] == ["worker_silent"]


def test_a_full_disk_is_failing_with_503(cast, monkeypatch):
    usage = SimpleNamespace(total=2**40, used=2**40 - 2**20, free=2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    assert health() == (503, {"status": "failing", "codes": ["disk_full"], "database": True})


def test_a_database_that_does_not_answer_is_failing_with_503(cast, monkeypatch):
    def fails(now):
        raise DatabaseError("password=hunter2")

    monkeypatch.setattr(watchers, "look_at_worker", fails)
    assert health() == (503, {"status": "failing", "codes": ["database"], "database": False})


def test_this_machine_itself_is_told_more(alarm):
    told = health(**HERE)[1]
    assert told["loops"] == {"fetching": True, "outbox": True}
    assert told["alarms"][0]["sentence"] == "The folder INBOX of Shop cannot be read: login: wrong password"


def test_a_signed_in_account_with_the_right_is_told_more_and_others_are_not(cast, alarm):
    for account, knows in ((cast.adam, True), (cast.ann, False)):
        client = Client()
        client.force_login(account)
        assert ("alarms" in health(client)[1]) == knows


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "203.0.113.9"},
        {"HTTP_HOST": "testserver"},
        {"HTTP_HOST": "127.0.0.1", "rapport.forwarded": True},
    ],
)
def test_what_a_proxy_hands_over_is_not_from_this_machine(alarm, headers):
    assert "alarms" not in health(**headers)[1]


def test_behind_an_unnamed_proxy_with_tls_nobody_counts_as_this_machine(alarm, monkeypatch):
    environment = dataclasses.replace(settings.ENVIRONMENT, base_url="https://desk.example.com")
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    assert "alarms" not in health(**HERE)[1]
