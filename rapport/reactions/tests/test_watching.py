"""R-24: whatever falls silent alone is told within five minutes, on the page and by another path; a quiet shop is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.channels.models import Cursor
from rapport.channels.secrets import write_secrets
from rapport.config import standing_in
from rapport.events.models import Event
from rapport.intake.models import RawMessage
from rapport.outbox import sending
from rapport.outbox.models import Delivery
from rapport.outbox.tests.shop import way_out
from rapport.reactions import schedule, watchers
from rapport.reactions.models import ReactionRetry, ScheduledRun
from rapport.reactions.tests.watched import NOON, Installation, delivery
from rapport.watching import kinds
from rapport.watching.models import Alarm
from tests.servers.oauth import OAuthProvider
from tests.servers.ports import free_port

pytestmark = pytest.mark.django_db
FIVE = 5.0


def assert_told_of(shop: Installation, code: str) -> None:
    """Within five minutes, on the page and by mail, and nothing else."""
    minutes = shop.minutes_until_told()
    assert (shop.codes(), minutes <= FIVE) == ([code], True)
    sentence = Alarm.objects.get(kind=code, ended_at=None).sentence
    assert sentence.split(":")[0] in shop.page()
    assert sentence.split(":")[0].encode() in b" ".join(shop.sink.messages[0].content.split())


def test_a_fetcher_that_stops_is_told(installation):
    installation.idle = ["fetching"]
    assert_told_of(installation, "fetch_silent")


def test_a_mailbox_that_cannot_be_read_is_told(installation):
    Cursor.objects.update(failing_since=installation.now, last_error="login: wrong password")
    installation.idle = ["fetching"]
    assert_told_of(installation, "fetch_failing")


def test_a_worker_that_stops_is_told_by_the_web_process(installation):
    installation.silent = ["worker"]
    installation.look = standing_in.stand_in
    assert_told_of(installation, "worker_silent")


def test_a_worker_that_died_when_the_clock_went_back_is_missed_within_minutes_all_the_same(installation):
    installation.pass_time(minutes=2)
    installation.silent, installation.now = ["worker"], installation.now - timedelta(hours=1)
    installation.look = standing_in.stand_in
    installation.pass_time(minutes=FIVE)
    assert "worker_silent" in installation.codes()


def test_one_loop_that_stops_is_told_and_its_consequences_are_not_told_again(installation):
    installation.silent = ["fetching", "outbox"]
    delivery(installation.inbox, installation.now)
    assert installation.minutes_until_told() <= FIVE
    installation.pass_time(minutes=15)
    assert installation.codes() == ["loop_silent", "loop_silent"]


def test_a_consent_that_is_not_renewed_is_told(installation, oauth_provider: OAuthProvider):
    inbox = installation.inbox
    tokens = oauth_provider.issue()
    inbox.settings["imap"]["auth"] = "xoauth2"
    inbox.settings["oauth"] = {"client_id": "rapport", "token_url": oauth_provider.token_url}
    inbox.save()
    ends = installation.now.timestamp() + 60
    write_secrets(inbox, {"oauth": {**tokens, "client_secret": "client-secret", "expires_at": ends}})
    oauth_provider.revoke()
    installation.each_step = schedule.renew_consents
    assert_told_of(installation, "consent_lost")


def test_a_mail_server_that_takes_nothing_is_told(installation):
    installation.inbox.settings |= way_out(free_port())
    installation.inbox.save()
    delivery(installation.inbox, installation.now, message=None)
    installation.each_step = sending.send_due
    by_inbox(installation)
    assert_told_of(installation, "sending_failing")


def test_a_queue_that_nobody_works_off_is_told(installation):
    for _ in range(50):
        delivery(installation.inbox, installation.now)
    assert_told_of(installation, "outbox_late")
    assert "50" in Alarm.objects.get().sentence


def test_arrived_mail_that_nobody_processes_is_told(installation):
    arrived(installation)
    assert_told_of(installation, "mail_waiting")


def test_a_schedule_that_stops_is_told_by_the_web_process(installation):
    installation.idle = ["schedule"]
    installation.look = standing_in.stand_in
    minutes = installation.minutes_until_told()
    assert (set(installation.codes()), minutes <= FIVE) == ({"schedule_late"}, True)


def test_mails_that_are_missing_are_told_after_ten_minutes_with_mailbox_and_number(installation):
    Cursor.objects.update(server_count=12, stored_count=9)
    assert installation.pass_time(minutes=9).codes() == []
    assert installation.pass_time(minutes=2).codes() == ["mail_missing"]
    told = Alarm.objects.get().sentence
    assert told == "Shop, folder INBOX: 3 of 12 mails on the server are not stored here."


def test_the_end_of_a_silence_is_told_as_well(installation):
    arrived(installation)
    installation.minutes_until_told()
    RawMessage.objects.update(state=RawMessage.State.PROCESSED, processed_at=installation.now)
    installation.pass_time(minutes=15)
    assert (installation.codes(), len(installation.sink.messages)) == ([], 2)
    assert b"Mended:" in installation.sink.messages[1].content


def test_a_quiet_shop_tells_nothing(installation):
    installation.pass_time(hours=1)
    assert (Alarm.objects.count(), installation.sink.messages) == (0, [])


def test_an_ordinary_day_with_small_troubles_tells_nothing(installation):
    now = installation.now
    soon = now + timedelta(minutes=20)
    wait = {"rosa@garden.example": {"state": "deferred", "code": 450, "answer": "450 greylisted"}}
    gone = {"rosa@garden.example": {"state": "failed", "code": 550, "answer": "550 no such user"}}
    delivery(installation.inbox, now, state="deferred", attempts=1, outcomes=wait, next_try_at=soon)
    delivery(installation.inbox, now, state="failed", attempts=1, outcomes=gone, next_try_at=None)
    arrived(installation, attempts=2, next_try_at=now + timedelta(minutes=5))
    Cursor.objects.update(failing_since=now, last_error="connect: reset")
    installation.pass_time(minutes=2)
    Cursor.objects.update(failing_since=None)
    RawMessage.objects.update(state=RawMessage.State.PROCESSED)
    installation.pass_time(minutes=15)
    assert (installation.codes(), installation.sink.messages) == ([], [])


def test_a_long_import_that_goes_on_tells_nothing_and_one_that_stands_still_does(installation):
    first = arrived(installation, historic=True, state="processed")
    arrived(installation, historic=True)
    installation.each_step = lambda: RawMessage.objects.filter(pk=first.pk).update(processed_at=installation.now)
    assert installation.pass_time(minutes=20).codes() == []
    installation.each_step = lambda: None
    assert installation.pass_time(minutes=4).codes() == ["mail_waiting"]


def test_a_restored_copy_on_hold_is_not_called_silent(installation):
    from rapport.people import installing

    installing.hold(backup_made_at=NOON, last_message=0)
    installation.idle = ["fetching"]
    delivery(installation.inbox, installation.now)
    assert installation.pass_time(minutes=20).codes() == []


def test_what_was_given_up_is_told_for_a_day(installation):
    event = Event.objects.create(kind="message.received", at=installation.now, handled=True)
    tomorrow = installation.now + timedelta(hours=24)
    ReactionRetry.objects.create(event=event, reaction="acknowledge", state="dead", next_try_at=tomorrow)
    arrived(installation, state="parked", processed_at=installation.now)
    assert set(installation.pass_time(minutes=2).codes()) == {"reactions_dead", "mail_parked"}
    installation.now += timedelta(hours=24)
    assert installation.pass_time(minutes=1).codes() == []


def test_follow_up_work_that_waits_is_told(installation):
    installation.idle = ["reactions"]
    Event.objects.create(kind="message.received", at=installation.now, handled=False)
    assert_told_of(installation, "reactions_late")


def test_imported_history_is_no_backlog(installation):
    installation.idle = ["reactions"]
    old = installation.now - timedelta(days=900)
    Event.objects.create(kind="message.received", at=old, handled=False, historic=True)
    assert installation.pass_time(minutes=5).codes() == []


def test_a_clock_that_went_back_is_told_and_the_schedule_goes_on(installation):
    ScheduledRun.objects.update(
        last_success_at=installation.now + timedelta(hours=1), next_at=installation.now + timedelta(hours=9)
    )
    found = list(watchers.look_at_clock(installation.now))
    assert [(trouble.kind, trouble.facts["seconds"]) for trouble in found] == [("clock_back", 3600)]
    entry = schedule.SCHEDULE[0]
    assert schedule._is_due(entry, installation.now + timedelta(hours=9), installation.now)


def test_no_worker_ever_started_is_a_silent_worker(db):
    assert [trouble.kind for trouble in watchers.look_at_worker(NOON)] == [kinds.Kind.WORKER_SILENT]


def arrived(shop: Installation, **fields: object) -> RawMessage:
    """A mail that was stored just now."""
    own = {"inbox": shop.inbox, "sha256": "0" * 64, "size": 1, "source": "imap", "received_at": shop.now}
    return RawMessage.objects.create(**{**own, "next_try_at": shop.now, **fields})


def by_inbox(shop: Installation) -> None:
    """A delivery of a conversation, which leaves by its inbox and never by the operator's own server."""
    from rapport.conversations.models import Conversation, Message

    case = Conversation.objects.create(channel="email", inbox=shop.inbox)
    message = Message.objects.create(
        conversation=case,
        kind=Message.Kind.REPLY,
        text="Yes",
        to=[{"email": "rosa@garden.example", "name": ""}],
    )
    Delivery.objects.update(message=message, conversation_id=case.pk)
