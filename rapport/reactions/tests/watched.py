"""A watched installation whose clock tests push on: all goes well in it but for what a test lets fall silent."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from rapport.channels.models import Cursor, Inbox
from rapport.config.values import SystemMail
from rapport.events.models import Event
from rapport.kit import clock
from rapport.outbox.models import Delivery
from rapport.people.tests.cast import Cast, assemble
from rapport.reactions import schedule, watchers
from rapport.reactions.models import ScheduledRun
from rapport.watching import listing
from tests.servers.smtp_sink import SmtpSink

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STEP = timedelta(seconds=30)
LOOPS = ("fetching", "intake", "outbox", "reactions", "releases", "schedule", "snoozes")


@dataclasses.dataclass
class Installation:
    """The florist's shop at `now`. `silent` loops say no more that they live (or the whole "worker"); what is `idle`
    says so and does nothing: fetching, reactions, schedule."""

    cast: Cast
    inbox: Inbox
    sink: SmtpSink
    now: datetime = NOON
    silent: Collection[str] = ()
    idle: Collection[str] = ()
    each_step: Callable[[], object] = lambda: None
    look: Callable[[], object] = watchers.watch

    def pass_time(self, **time: float) -> Installation:
        """Let so much time pass in steps of half a minute, each with a look."""
        until = self.now + timedelta(**time)
        while self.now < until:
            self.step()
        return self

    def minutes_until_told(self, limit: int = 20) -> float:
        """How long it takes until an alarm stands on the page and a mail about it has arrived."""
        begin = self.now
        while not (self.sink.messages and self.codes()) and self.now - begin < timedelta(minutes=limit):
            self.step()
        return (self.now - begin).total_seconds() / 60

    def step(self) -> None:
        """Half a minute."""
        self.now += STEP
        with clock.standing_at(self.now):
            self._go_on()
            self.each_step()
            self.look()

    def codes(self) -> list[str]:
        """The kinds of the alarms that stand."""
        return [str(alarm.kind) for alarm in listing.worth_telling(listing.standing())]

    def page(self) -> str:
        """The conversation list as the administrator sees it now."""
        client = Client()
        with clock.standing_at(self.now):
            client.force_login(self.cast.adam)
            return client.get("/inbox/").content.decode()

    def _go_on(self) -> None:
        """What a healthy worker writes down."""
        if "worker" in self.silent:
            return
        schedule.beat([loop for loop in LOOPS if loop not in self.silent])
        still = {*self.silent, *self.idle}
        if "fetching" not in still:
            Cursor.objects.update(last_success_at=self.now)
        if "reactions" not in still:
            Event.objects.filter(handled=False).update(handled=True)
        if "schedule" not in still:
            every = {entry.name: entry.every for entry in schedule.SCHEDULE}
            for row in ScheduledRun.objects.filter(name__in=every, next_at__lte=self.now):
                times = {"last_success_at": self.now, "next_at": self.now + every[row.name]}
                ScheduledRun.objects.filter(pk=row.pk).update(**times)


@pytest.fixture
def installation(db: None, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Quiet for an hour. The operator's own mail server is the second path."""
    nets = (ipaddress.ip_network("127.0.0.0/8"),)
    mail = SystemMail("127.0.0.1", smtp_sink.port, "starttls")
    environment = dataclasses.replace(settings.ENVIRONMENT, allow_nets=nets, system_mail=mail)
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    with clock.standing_at(NOON - timedelta(hours=1)):
        imap = {"host": "mail.flowers.example", "folders": ["INBOX"]}
        inbox = Inbox.objects.create(name="Shop", address="shop@flowers.example", settings={"imap": imap})
        Cursor.objects.create(inbox=inbox, server_count=3, stored_count=3, last_success_at=clock.now())
        schedule.prepare()
        return Installation(assemble(), inbox, smtp_sink).pass_time(minutes=1)


def delivery(inbox: Inbox, at: datetime, **fields: object) -> Delivery:
    """A delivery to Rosa, made then."""
    made = {"external_id": "x@flowers.example", "recipients": ["rosa@garden.example"], "created_at": at}
    return Delivery.objects.create(inbox=inbox, **{**made, "next_try_at": at, **fields})
