"""Figures for Prometheus: in its format, for those who may read them, counted without counting everything."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from rapport.channels.models import Cursor, Inbox
from rapport.config import metrics
from rapport.events.models import Event
from rapport.kit import clock
from rapport.outbox.models import Delivery
from rapport.reactions import schedule
from rapport.watching import counting
from rapport.watching.models import Alarm

pytestmark = pytest.mark.django_db
HERE: dict[str, Any] = {"HTTP_HOST": "localhost"}
TOKEN = "a-token-for-the-monitor"
LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+]+\Z')


@pytest.fixture
def with_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, metrics_token=TOKEN))


def figures() -> str:
    return Client().get("/metrics", **HERE).content.decode()


def test_this_machine_may_read_them_and_others_find_nothing():
    assert Client().get("/metrics", **HERE).status_code == 200
    assert Client().get("/metrics").status_code == 404
    assert Client().get("/metrics", **HERE, REMOTE_ADDR="203.0.113.9").status_code == 404


@pytest.mark.parametrize(("given", "status"), [(TOKEN, 200), ("wrong", 404), ("", 404), (TOKEN + "x", 404)])
def test_a_token_opens_them_from_elsewhere(with_token, given, status):
    answer = Client().get("/metrics", HTTP_AUTHORIZATION=f"Bearer {given}")
    assert answer.status_code == status


def test_without_a_token_set_no_token_opens_them():
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404


def test_every_line_is_in_the_format_of_prometheus():
    schedule.beat(["outbox"])
    lines = figures().splitlines()
    assert all(line.startswith(("# HELP rapport_", "# TYPE rapport_")) or LINE.match(line) for line in lines)


def test_queues_folders_and_alarms_are_told():
    inbox = Inbox.objects.create(name="Shop", address="shop@flowers.example")
    Cursor.objects.create(inbox=inbox, server_count=5, stored_count=3, last_success_at=clock.now())
    made = clock.now() - timedelta(minutes=9)
    Delivery.objects.create(external_id="x", recipients=["rosa@garden.example"], state="deferred", created_at=made)
    Alarm.objects.create(kind="mail_missing", since=made, opened_at=made)
    told = figures()
    assert f'rapport_folder_missing{{inbox="{inbox.pk}",folder="INBOX"}} 2' in told
    assert 'rapport_deliveries{state="deferred"} 1' in told
    assert re.search(r'rapport_deliveries_oldest_seconds\{state="deferred"\} 5[34]\d', told)
    assert 'rapport_alarms{code="mail_missing"} 1' in told
    assert re.search(r"rapport_database_bytes [1-9]", told)


def test_a_label_cannot_break_out_of_its_quotes():
    family = metrics.Family("x", "gauge", "X.", [metrics.Sample(1, {"folder": 'a"\\\nb'})])
    assert metrics.text([family]).splitlines()[2] == 'x{folder="a\\"\\\\\\nb"} 1'


def test_events_are_counted_once_and_in_parts():
    old = clock.now() - timedelta(hours=1)
    Event.objects.bulk_create(Event(kind="message.received", at=old) for _ in range(7))
    Event.objects.create(kind="delivery.sent", at=old)
    while counting.count_events(at_once=3):
        pass
    assert counting.count_events() == 0
    assert 'rapport_events_total{kind="message.received"} 7' in figures()


def test_what_happened_a_moment_ago_is_counted_when_nothing_can_come_before_it():
    Event.objects.create(kind="message.received", at=clock.now())
    counting.count_events()
    assert counting.event_counts() == {}
