"""The status page: what waits, what failed, what runs, and another try."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from rapport.channels.models import Cursor, Inbox
from rapport.config.worker import LANGUAGE_SECONDS, Worker
from rapport.conversations.models import Conversation
from rapport.events.models import Event
from rapport.intake.models import RawMessage
from rapport.kit import clock
from rapport.outbox import holding, wording
from rapport.outbox.models import Delivery
from rapport.people import installing, speaking
from rapport.people.models import Account
from rapport.people.tests.cast import Cast, assemble
from rapport.reactions import order, schedule
from rapport.reactions.models import ReactionRetry, ScheduledRun
from rapport.watching import naming, telling
from rapport.watching.models import NO_WAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return assemble()


@pytest.fixture
def inbox(cast: Cast) -> Inbox:
    """The inbox of sales; its folder has been failing for an hour and two mails are missing."""
    inbox = Inbox.objects.create(
        name="Shop", address="shop@flowers.example", team=cast.sales, settings={"imap": {"host": "x"}}
    )
    Cursor.objects.create(
        inbox=inbox,
        last_success_at=clock.now() - timedelta(hours=2),
        failing_since=clock.now() - timedelta(hours=1),
        last_error="The server says: wrong password",
        server_count=12,
        stored_count=10,
    )
    return inbox


@pytest.fixture
def delivery(cast: Cast, inbox: Inbox) -> Delivery:
    """A reply of sales that failed."""
    case = Conversation.objects.create(channel="email", team=cast.sales, inbox=inbox)
    return Delivery.objects.create(
        inbox=inbox,
        conversation_id=case.pk,
        external_id="x@flowers.example",
        recipients=["rosa@garden.example"],
        state=Delivery.State.FAILED,
        last_answer="550 No such person",
    )


@pytest.fixture
def dead(db: None) -> ReactionRetry:
    """A reaction that was given up."""
    event = Event.objects.create(kind="message.received", at=clock.now())
    return ReactionRetry.objects.create(event=event, reaction="acknowledge", state="dead", last_error="Broken")


@pytest.fixture
def parked(inbox: Inbox) -> RawMessage:
    """A mail that could not be processed."""
    return RawMessage.objects.create(
        inbox=inbox, sha256="0" * 64, size=1, source="imap", state="parked", last_error="Odd"
    )


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def page(account: Account) -> str:
    return as_(account).get("/status/").content.decode()


def test_the_status_page_opens_for_those_with_the_right(cast):
    statuses = [as_(account).get("/status/").status_code for account in (cast.olga, cast.sam, cast.ann, cast.carl)]
    assert statuses == [200, 200, 403, 403]


def test_an_inbox_tells_what_fails_since_when_and_what_is_missing(cast, inbox):
    shown = page(cast.adam)
    for told in ("Failing", "The server says: wrong password", "2 missing", "2 h"):
        assert told in shown


def test_what_one_person_caused_to_be_kept_stands_in_the_language_of_who_reads_it(cast, inbox, delivery, monkeypatch):
    monkeypatch.setattr(telling, "ways", list)
    with translation.override("fr"):
        installing.hold(backup_made_at=clock.now(), last_message=0)
        Delivery.objects.update(state=Delivery.State.QUEUED, created_at=clock.now() - timedelta(days=1))
        holding.release(by=cast.olga)
        telling._send(telling.News(), [], clock.now()).save()
    shown = unescape(page(cast.adam))
    assert "It waited when the backup was made" in shown
    Account.objects.filter(pk=cast.adam.pk).update(language="de")
    shown = unescape(page(cast.adam))
    for said in (wording.WAITED_IN_BACKUP, NO_WAY):
        with translation.override("de"):
            assert translation.gettext(said) in shown
        assert said not in shown


def test_a_supervisor_sees_own_inboxes_and_deliveries_only(cast, inbox, delivery):
    other = Inbox.objects.create(name="Couriers", address="couriers@flowers.example", team=cast.delivery)
    hidden = Conversation.objects.create(channel="email", team=cast.delivery, inbox=other)
    Delivery.objects.create(
        inbox=other, conversation_id=hidden.pk, external_id="y", recipients=["secret@garden.example"], state="failed"
    )
    assert ("Shop" in page(cast.sam), "rosa@garden.example" in page(cast.sam)) == (True, True)
    assert ("Couriers" in page(cast.sam), "secret@garden.example" in page(cast.sam)) == (False, False)
    assert ("Couriers" in page(cast.adam), "secret@garden.example" in page(cast.adam)) == (True, True)


def test_queues_tell_how_many_wait_and_the_oldest(cast, delivery, dead, parked):
    shown = page(cast.adam)
    for told in ("Failed", "Could not be processed", "Given up", "550 No such person", "Odd", "Broken"):
        assert told in shown


def test_loops_are_told_alive_or_silent(cast):
    schedule.beat(["web-test"])
    assert "runs" in page(cast.adam)
    for away in (timedelta(minutes=-5), timedelta(hours=1)):  # the second: dead since the clock went back
        ScheduledRun.objects.update(last_success_at=clock.now() + away)
        assert "silent" in page(cast.adam), away


def test_a_failed_delivery_is_tried_again_by_hand(cast, delivery):
    assert as_(cast.sam).post(f"/status/deliveries/{delivery.pk}/retries/").status_code == 302
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.QUEUED


def test_a_delivery_one_may_not_see_is_not_tried_again(cast, delivery):
    Conversation.objects.filter(pk=delivery.conversation_id).update(team=cast.delivery)
    for account, status in ((cast.sam, 404), (cast.ann, 403)):
        assert as_(account).post(f"/status/deliveries/{delivery.pk}/retries/").status_code == status
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.FAILED


def test_everything_that_failed_is_tried_again_by_an_administrator_only(cast, delivery, dead, parked):
    acts = (
        "deliveries/retries/",
        "reactions/retries/",
        "mail/retries/",
        f"reactions/{dead.pk}/retries/",
        f"mail/{parked.pk}/retries/",
    )
    assert {as_(cast.sam).post(f"/status/{act}").status_code for act in acts} == {403}
    assert (Delivery.objects.get().state, ReactionRetry.objects.get().state, RawMessage.objects.get().state) == (
        "failed",
        "dead",
        "parked",
    )
    for act in acts[:3]:
        assert as_(cast.adam).post(f"/status/{act}").status_code == 302
    assert (Delivery.objects.get().state, ReactionRetry.objects.get().state, RawMessage.objects.get().state) == (
        "queued",
        "waiting",
        "accepted",
    )


def test_one_mail_and_one_reaction_are_tried_again(cast, dead, parked):
    as_(cast.adam).post(f"/status/reactions/{dead.pk}/retries/")
    as_(cast.adam).post(f"/status/mail/{parked.pk}/retries/")
    assert (ReactionRetry.objects.get().state, RawMessage.objects.get().state) == ("waiting", "accepted")


def test_the_page_asks_the_same_number_of_questions_however_much_waits(cast, inbox, django_assert_max_num_queries):
    for number in range(20):
        Inbox.objects.create(name=f"Inbox {number}", address=f"box{number}@flowers.example", team=cast.sales)
    client = as_(cast.adam)
    with django_assert_max_num_queries(28):
        client.get("/status/")


def test_reading_the_page_changes_nothing(cast, delivery, dead, parked):
    for address in (
        f"/status/deliveries/{delivery.pk}/retries/",
        "/status/mail/retries/",
        "/status/reactions/retries/",
    ):
        assert as_(cast.adam).get(address).status_code == 405


def test_a_restored_copy_says_so_on_every_page_until_an_administrator_releases_it(cast):
    told = "Restored copy: it sends nothing"
    assert told not in page(cast.adam)
    installing.hold(backup_made_at=clock.now(), last_message=0)
    assert told in as_(cast.ann).get("/inbox/").content.decode()
    assert "On hold, no mailbox is read" in page(cast.adam)
    assert "every mailbox is read" not in page(cast.adam)
    assert ("Release</button>" in page(cast.sam), "Release</button>" in page(cast.adam)) == (False, True)
    assert [as_(who).post("/status/release/").status_code for who in (cast.sam, cast.adam)] == [403, 302]
    assert not installing.is_held()
    assert told not in page(cast.adam)


def test_all_that_runs_has_a_name_for_people(settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mail_door="127.0.0.1:2525")
    worker = Worker()
    loops = {loop.name.rstrip(" 0123456789") for loop in worker.loops} | set(worker._own_loops)
    assert set(naming.LOOPS) == loops
    assert set(naming.SCHEDULED) == {entry.name for entry in schedule.SCHEDULE}
    assert set(naming.REACTIONS) == {reaction.name for reaction in order.REACTIONS}


def test_the_worker_takes_another_language_of_the_company_without_a_new_start(cast, monkeypatch):
    now = 100.0
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    worker = Worker()
    with translation.override(None):
        worker._speak()
        assert translation.get_language() == "en"
        speaking.speak("de", by=None)
        now += LANGUAGE_SECONDS
        worker._speak()
        assert translation.get_language() == "de"
