"""A worker killed at any moment loses no reaction."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time

import pytest
from django.db import connection

from rapport.events import heeding, recording
from rapport.events.models import Event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

KILLS = 8
EVENTS = 120

WORKER = """
import sys, time
from datetime import timedelta
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from rapport.events.models import Event
from rapport.kit import clock
from rapport.reactions import order, running

def first(event):
    Event.objects.create(kind="first.done", subject_id=event.pk, at=clock.now(), handled=True)
    time.sleep(0.01)

def second(event):
    Event.objects.create(kind="second.done", subject_id=event.pk, at=clock.now(), handled=True)

running.LEASE = timedelta(seconds=1)
order.REACTIONS[:] = [order.Reaction("test.happened", name, run) for name, run in (("first", first), ("second", second))]
print("ready", flush=True)
while True:
    running.run_due(20) or time.sleep(0.02)
"""


def start_worker() -> subprocess.Popen[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "rapport.config.settings"}
    command = [sys.executable, "-c", WORKER, str(connection.settings_dict["NAME"])]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def done(kind: str) -> list[int | None]:
    return list(Event.objects.filter(kind=kind).values_list("subject_id", flat=True))


def test_every_reaction_is_done_however_often_the_worker_is_killed(monkeypatch):
    monkeypatch.setattr(heeding, "_concerns", lambda kind, historic: kind == "test.happened")
    happened = [recording.record("test.happened", conversation=number % 7).pk for number in range(EVENTS)]
    for kill in range(KILLS):
        worker = start_worker()
        time.sleep(random.Random(kill).uniform(0.0, 0.25))
        worker.kill()
        worker.wait()
    worker = start_worker()
    until = time.monotonic() + 60
    while Event.objects.filter(kind="test.happened", handled=False).exists() and time.monotonic() < until:
        time.sleep(0.05)
    worker.kill()
    worker.wait()
    assert set(done("first.done")) == set(happened)
    assert sorted(each for each in done("second.done") if each) == happened, "the last reaction and its mark are one"
