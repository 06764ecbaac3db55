"""Alarms reach people by mail: by a path that is not broken, once each, never in a storm."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import ipaddress
from datetime import timedelta

import pytest
from django.conf import settings

from rapport.channels.models import Inbox
from rapport.config.values import SystemMail
from rapport.kit import clock
from rapport.outbox.tests.shop import way_out
from rapport.people import installing
from rapport.people.models import Account
from rapport.people.tests.cast import Cast, assemble
from rapport.watching import telling
from rapport.watching.models import Alarm, Telling
from tests.servers.ports import free_port
from tests.servers.smtp_sink import Received, SmtpSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    nets = (ipaddress.ip_network("127.0.0.0/8"),)
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, allow_nets=nets))
    return assemble()


@pytest.fixture
def shop(cast: Cast, smtp_sink: SmtpSink) -> Inbox:
    """An inbox that sends by the sink."""
    return Inbox.objects.create(name="Shop", address="shop@flowers.example", settings=way_out(smtp_sink.port))


def by_operator(monkeypatch: pytest.MonkeyPatch, sink: SmtpSink) -> None:
    mail = SystemMail("127.0.0.1", sink.port, "starttls")
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, system_mail=mail))


def alarm(kind: str = "loop_silent", **fields: object) -> Alarm:
    now = clock.now()
    facts = {"loop": "outbox", "inbox": "Shop", "way": "Shop", "reason": "", "count": 1, "part": "INBOX"}
    return Alarm.objects.create(kind=kind, since=now, opened_at=now, facts=facts, **fields)


def told() -> Telling:
    """What came of telling now."""
    done = telling.tell()
    assert done is not None
    return done


def after(**time: float) -> Telling | None:
    return telling.tell(clock.now() + timedelta(**time))


def words(mail: Received) -> str:
    """Subject and text of a mail, as its reader sees them."""
    read = email.message_from_bytes(mail.content, policy=email.policy.default)
    body = read.get_body(("plain",))
    return f"{read['Subject']}\n{body.get_content() if body else ''}"


def test_everybody_who_may_change_the_installation_is_told_at_once(cast, shop, smtp_sink):
    alarm()
    telling.tell()
    (mail,) = smtp_sink.messages
    assert sorted(mail.recipients) == ["adam@flowers.example", "olga@flowers.example"]
    assert "The part “Sending of mail” of the worker is silent." in words(mail)
    assert b"Auto-Submitted: auto-" in mail.content


def test_the_operators_server_comes_first(cast, shop, smtp_sink, monkeypatch):
    by_operator(monkeypatch, smtp_sink)
    alarm()
    shop.settings = way_out(free_port())
    shop.save()
    assert told().way == "RAPPORT_SYSTEM_MAIL_URL"
    assert len(smtp_sink.messages) == 1


def test_an_alarm_does_not_travel_by_what_is_broken(cast, shop, smtp_sink):
    other = Inbox.objects.create(name="Couriers", address="couriers@flowers.example", settings=way_out(smtp_sink.port))
    alarm("sending_failing", inbox=shop)
    assert [way.inbox for way in telling.ways()] == [other]
    assert (told().way, len(smtp_sink.messages)) == ("Couriers", 1)


def test_an_inbox_that_cannot_be_read_carries_mail_only_if_there_is_no_other(cast, shop):
    alarm("fetch_failing", inbox=shop)
    assert [way.inbox for way in telling.ways()] == [shop]
    other = Inbox.objects.create(name="Couriers", address="couriers@flowers.example", settings=way_out(1))
    assert [way.inbox for way in telling.ways()] == [other, shop]


def test_a_way_that_fails_is_followed_by_the_next(cast, shop, smtp_sink):
    Inbox.objects.create(name="Dead", address="dead@flowers.example", settings=way_out(free_port()))
    Inbox.objects.filter(pk=shop.pk).delete()
    Inbox.objects.create(name="Alive", address="alive@flowers.example", settings=way_out(smtp_sink.port))
    alarm()
    assert (told().way, len(smtp_sink.messages)) == ("Alive", 1)


def test_without_a_way_it_is_written_down_that_nobody_was_told(cast):
    alarm()
    assert "no inbox" in told().error
    assert Alarm.objects.get().told_at is None


def test_an_alarm_is_told_once_then_once_a_day(cast, shop, smtp_sink):
    alarm()
    mails = [bool(after(**time)) for time in ({}, {"minutes": 10}, {"hours": 23}, {"hours": 25}, {"hours": 26})]
    assert mails == [True, False, False, True, False]
    assert b"Still so:" in smtp_sink.messages[1].content


def test_its_end_is_told_once_when_it_has_lasted(cast, shop, smtp_sink):
    row = alarm()
    telling.tell()
    Alarm.objects.filter(pk=row.pk).update(ended_at=clock.now())
    assert [bool(after(minutes=minutes)) for minutes in (6, 11, 30)] == [False, True, False]
    assert "Mended: The part “Sending of mail”" in words(smtp_sink.messages[1])


def test_a_storm_is_one_mail(cast, shop, smtp_sink):
    for number in range(60):
        alarm("fetch_silent", subject=str(number))
    assert telling.tell() is not None
    alarm("mail_parked")
    assert (after(minutes=1), bool(after(minutes=6))) == (None, True)
    assert b"(and 59 more)" in smtp_sink.messages[0].content


def test_a_whole_day_of_trouble_stays_readable(cast, shop, smtp_sink):
    for minute in range(0, 24 * 60, 5):
        alarm(subject=str(minute))
        after(minutes=minute)
    assert len(smtp_sink.messages) <= telling.MANY_A_DAY + 12


def test_what_only_the_status_page_lists_is_not_told(cast, shop, smtp_sink):
    alarm("delivery_failed")
    assert telling.tell() is None


def test_a_restored_copy_tells_nobody(cast, shop, smtp_sink):
    alarm()
    installing.hold(backup_made_at=clock.now(), last_message=0)
    assert (telling.tell(), smtp_sink.messages) == (None, [])


def test_nobody_is_told_at_an_address_that_is_an_inbox_here(cast, shop, smtp_sink):
    Account.objects.filter(pk=cast.olga.pk).update(email=shop.address)
    alarm()
    telling.tell()
    assert smtp_sink.messages[0].recipients == ["adam@flowers.example"]
