"""R-04: a line that breaks at any step of IMAP loses and doubles no mail, and delays no other mailbox."""

from __future__ import annotations

import time

import pytest

from rapport.channels import reading
from rapport.intake.fetching import Pace
from rapport.intake.models import RawMessage
from rapport.intake.tests.test_fetching import an_inbox, fetching_runs, mail, open_loopback
from tests.servers.ports import wait_until
from tests.servers.scripted_imap import ScriptedImap
from tests.servers.scripting import Drop, Hang

__all__ = ["open_loopback"]

pytestmark = pytest.mark.django_db(transaction=True)
ACTS = {"closed": Drop(), "reset": Drop(reset=True), "torn": Drop(after=20), "silent": Hang(after=3)}
FAST = Pace(look=0.1, wait=0.5, renew=0.3, count=0.2, first_retry=0.05, last_retry=0.1, last_hopeless=0.1)


@pytest.fixture
def servers():
    both = [ScriptedImap(), ScriptedImap()]
    for server in both:
        server.start()
    yield both
    for server in both:
        server.stop()


def test_a_line_that_breaks_at_any_step_loses_doubles_and_delays_nothing(servers, tell):
    broken, healthy = servers
    inboxes = [an_inbox(server.port, address=f"{number}@example.org") for number, server in enumerate(servers)]
    for inbox in inboxes:
        inbox.settings["timeout_seconds"] = 0.3
        inbox.save()
    number, steps, slowest = 0, 0, 0.0
    with fetching_runs(FAST):
        steps = steps_of_a_session(broken, inboxes[0])
        for what in ACTS.values():
            for step in range(1, steps + 1):
                number += 1
                # From the greeting on, so that each act meets each step: login, folder, search, sizes, mails, waiting.
                broken.rewind()
                broken.at_step(step, what)
                broken.add(mail(number))
                broken.drop_all()
                began = time.monotonic()
                healthy.add(mail(number))
                wait_until(lambda: stored(inboxes[1]) >= number, seconds=60, what="the other mailbox")  # noqa: B023
                slowest = max(slowest, time.monotonic() - began)
                wait_until(lambda: stored(inboxes[0]) > number, seconds=60, what=f"{what} at step {step}")  # noqa: B023
    tell(
        f"{steps} steps × {len(ACTS)} acts: {number} mails, each once; the other mailbox waited {slowest:.1f} s at most"
    )
    for inbox, server in zip(inboxes, servers, strict=True):
        kept = list(RawMessage.objects.filter(inbox=inbox).values_list("source_key", flat=True))
        assert len(kept) == len(set(kept)) == len(server.folders["INBOX"].mails)


def test_what_a_dead_machine_was_reading_is_read_again_within_a_minute():
    pace = Pace()
    assert reading.LEASE.total_seconds() + pace.renew + pace.look <= 60
    assert pace.renew * 3 < reading.LEASE.total_seconds(), "two late renewals must not cost the lease"


def steps_of_a_session(server: ScriptedImap, inbox) -> int:
    """How many replies a session takes from the greeting until a mail is stored and the waiting has begun."""
    server.add(mail(0))
    wait_until(lambda: stored(inbox) == 1, seconds=30, what="the first mail")
    wait_until(lambda: any("IDLE" in line for line in server.said()), seconds=30, what="the waiting")
    return server.steps


def stored(inbox) -> int:
    return RawMessage.objects.filter(inbox=inbox).count()
