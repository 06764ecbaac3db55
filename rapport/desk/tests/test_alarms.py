"""Alarms at the desk: a bar on every page for those who see the status page, and the whole list there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from rapport.channels.models import Inbox
from rapport.kit import clock
from rapport.people.models import Account
from rapport.people.tests.cast import Cast, assemble
from rapport.reactions import schedule
from rapport.reactions.models import ScheduledRun
from rapport.watching.models import Alarm, Telling

pytestmark = pytest.mark.django_db
SAID = "The folder INBOX of Couriers cannot be read: login: wrong password"


@pytest.fixture
def cast() -> Cast:
    schedule.beat(["fetching", "outbox"])
    return assemble()


def alarm(kind: str, **fields: object) -> Alarm:
    now = clock.now()
    facts = {"inbox": "Couriers", "part": "INBOX", "reason": "login: wrong password", "count": 4}
    return Alarm.objects.create(kind=kind, since=now, opened_at=now, facts=facts, **fields)


@pytest.fixture
def couriers(cast: Cast) -> Alarm:
    """The inbox of the delivery team cannot be read."""
    inbox = Inbox.objects.create(name="Couriers", address="couriers@flowers.example", team=cast.delivery)
    return alarm("fetch_failing", subject="1:INBOX", inbox=inbox)


def seen(account: Account, address: str = "/inbox/") -> str:
    client = Client()
    client.force_login(account)
    return client.get(address).content.decode()


def test_the_bar_stands_on_every_page_of_those_who_see_the_status_page(cast, couriers):
    assert [SAID in seen(who) for who in (cast.olga, cast.adam, cast.ann, cast.carl)] == [True, True, False, False]
    assert [SAID in seen(cast.adam, address) for address in ("/settings/people/", "/account/")] == [True, True]


def test_a_supervisor_sees_alarms_of_own_inboxes_and_of_the_installation(cast, couriers):
    alarm("mail_waiting")
    told = seen(cast.sam, "/status/")
    assert (SAID in told, "Arrived mail waits to be processed: 4." in told) == (False, True)


def test_the_status_page_lists_every_alarm_with_its_cure_and_who_was_told(cast, couriers):
    alarm("delivery_failed")
    Telling.objects.create(way="Shop", error="connect: refused")
    told = seen(cast.adam, "/status/")
    for words in (SAID, "Examine the connection", "other servers refused: 4.", "Not told by mail", "connect: refused"):
        assert words in told


def test_what_is_only_listed_stands_in_no_bar(cast):
    alarm("delivery_failed")
    assert "other servers refused" not in seen(cast.adam)


def test_several_alarms_are_one_line(cast, couriers):
    alarm("mail_waiting")
    alarm("outbox_late")
    assert "And 2 more." in seen(cast.adam)


def test_a_page_that_stays_open_learns_of_alarms(cast, couriers):
    assert 'hx-get="/status/bar/"' in seen(cast.adam)
    assert SAID in seen(cast.adam, "/status/bar/")


def test_a_silent_worker_is_seen_though_nobody_could_note_it(cast):
    ScheduledRun.objects.update(last_success_at=clock.now() - timedelta(minutes=5))
    assert "No worker runs" in seen(cast.adam)


def test_an_alarm_that_is_over_is_told_on_the_status_page_only(cast, couriers):
    Alarm.objects.update(ended_at=clock.now())
    assert (SAID in seen(cast.adam), SAID in seen(cast.adam, "/status/")) == (False, True)


def test_a_quiet_installation_says_so(cast):
    assert "Nothing is wrong" in seen(cast.adam, "/status/")
    assert "alarm-bar__line" not in seen(cast.adam)
