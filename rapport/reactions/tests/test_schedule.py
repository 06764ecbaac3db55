"""Scheduled work runs when it is due, by one worker at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations import drafting
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.tests.cast import make_cast
from rapport.files import attaching, storing
from rapport.files.models import Attachment
from rapport.kit import clock
from rapport.reactions import schedule
from rapport.reactions.models import ScheduledRun
from rapport.reactions.schedule import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(monkeypatch) -> list[str]:
    """The names of the entries that ran: one sweeps, one breaks."""
    ran: list[str] = []

    def breaks() -> None:
        ran.append("break")
        raise ValueError("no paper")

    entries = [
        Entry("sweep", timedelta(hours=1), lambda: ran.append("sweep")),
        Entry("break", timedelta(hours=1), breaks),
    ]
    monkeypatch.setattr(schedule, "SCHEDULE", entries)
    schedule.prepare()
    return ran


def test_what_is_due_runs_once_until_its_time_comes_again(runs):
    assert schedule.run_due() == 2
    assert schedule.run_due() == 0
    ScheduledRun.objects.filter(name="sweep").update(next_at=clock.now())
    schedule.run_due()
    assert runs == ["sweep", "break", "sweep"]


def test_what_failed_says_why_and_runs_again_at_its_next_time(runs):
    schedule.run_due()
    row = ScheduledRun.objects.get(name="break")
    assert (row.last_error, row.last_success_at) == ("ValueError: no paper", None)
    assert row.next_at > clock.now()


def test_what_another_worker_does_is_left_alone_until_its_lease_ends(runs):
    ScheduledRun.objects.filter(name="sweep").update(leased_until=clock.now() + timedelta(minutes=1))
    schedule.run_due()
    assert runs == ["break"]
    ScheduledRun.objects.filter(name="sweep").update(leased_until=clock.now())
    schedule.run_due()
    assert runs == ["break", "sweep"]


def test_the_next_time_is_known(runs):
    schedule.run_due()
    assert schedule.next_due_at() == ScheduledRun.objects.order_by("next_at")[0].next_at


def test_entries_that_are_no_more_are_forgotten_and_heartbeats_stay(runs):
    ScheduledRun.objects.create(name="of an older version")
    schedule.beat(["reactions"])
    schedule.prepare()
    assert set(ScheduledRun.objects.values_list("name", flat=True)) == {"sweep", "break", "loop:reactions"}


def test_a_heartbeat_is_one_row_however_often_it_beats(runs):
    schedule.beat(["reactions", "outbox"])
    schedule.beat(["reactions", "outbox"])
    schedule.note_failure("outbox", "gone")
    beats = schedule.heartbeats()
    assert sorted(beats) == ["outbox", "reactions"]
    assert beats["outbox"].last_error == "gone"
    schedule.beat(["outbox"])
    assert schedule.heartbeats()["outbox"].last_error == ""


def test_every_entry_of_the_product_runs_on_an_empty_installation(db):
    schedule.prepare()
    assert schedule.run_due() == len(schedule.SCHEDULE)
    assert not ScheduledRun.objects.exclude(last_error="").exists()


def test_files_of_a_draft_outlive_those_nobody_names():
    cast = make_cast()
    kept, loose = (
        attaching.upload(storing.store_bytes(b"petals"), filename=name, mime="text/plain", uploader=cast.ana.pk).pk
        for name in ("kept.txt", "loose.txt")
    )
    drafting.save_draft(cast.conversation(), by=cast.ana, content=ReplyContent(html="", attachment_ids=[kept]))
    with clock.standing_at(clock.now() + timedelta(days=30)):
        schedule.forget_uploads()
    left = set(Attachment.objects.values_list("pk", flat=True))
    assert (kept in left, loose in left) == (True, False)
