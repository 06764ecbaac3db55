"""The start page: what waits for whom, and nothing of what one may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations import assigning, closing, daily, drafting, noting, releasing, snoozing
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.models import Draft
from rapport.conversations.tests.cast import Cast, fresh
from rapport.desk.tests.seated import ana, at_desk, cast
from rapport.desk.today import sections
from rapport.kit import clock
from rapport.outbox import listing as outbox
from rapport.outbox import queueing
from rapport.outbox.models import Delivery
from rapport.people import joining
from rapport.people.models import Account
from rapport.reactions import running

__all__ = ["ana", "cast"]


def anas(cast: Cast, subject="Tulips"):
    return assigning.assign(cast.conversation(subject=subject), to=cast.ana, by=cast.ana)


def seen_by(account):
    """What each section shows to this account, read anew."""
    account = Account.objects.get(pk=account.pk)
    return {section.key: [item.title for item in section.items] for section in sections.read(account)}


def everything_waits(cast: Cast):
    """One line of Ana's for each section."""
    cast.conversation(subject="Nobody’s")
    for subject in ("Second", "First"):
        with clock.standing_at(clock.now() - timedelta(hours=3 if subject == "First" else 1)):
            anas(cast, subject)
    snoozing.snooze(anas(cast, "Later"), until=clock.now() + timedelta(seconds=1), by=cast.ana)
    drafting.save_draft(anas(cast, "Begun"), by=cast.ana, content=ReplyContent(html="<p>Dear</p>"))
    failed = cast.replies(anas(cast, "Failed"))
    queueing.queue_message(failed)
    Delivery.objects.filter(message=failed).update(state=Delivery.State.FAILED)
    held = cast.holds(anas(cast, "Returned"))
    cast.writes("Wait!", into=fresh(held.conversation))
    releasing.release(held)
    cast.holds(anas(cast, "Tomorrow"), delay=timedelta(hours=9))
    noting.note(anas(cast, "Asked"), by=cast.sam, html="Ana?", mentions=[cast.ana])
    while running.run_due(500):
        pass


def test_everything_that_waits_stands_in_its_section_and_the_longest_first(cast):
    everything_waits(cast)
    found = seen_by(cast.ana)
    assert found["waiting"][:2] == ["First", "Second"]
    assert found["unassigned"] == ["Nobody’s"]
    assert found["due"] == ["Later"]
    assert found["troubles"] == ["Returned", "Failed", "Tomorrow"]
    assert found["drafts"] == ["Begun"]
    assert found["mentions"] == ["Sam Silva mentioned you in “Asked”"]


@pytest.mark.parametrize("who", ["ben", "sam", "left"])
def test_nobody_is_shown_anothers_day_or_what_they_may_no_longer_see(cast, who):
    everything_waits(cast)
    if who == "left":
        joining.remove_from_team(cast.ana, team=cast.shop, by=cast.flora)
        # Where a note named her she may still look.
        assert {title for titles in seen_by(cast.ana).values() for title in titles} <= {
            "Asked",
            "Sam Silva mentioned you in “Asked”",
        }
        return
    found = seen_by(getattr(cast, who))
    assert found.pop("unassigned") == (["Nobody’s"] if who == "sam" else [])
    assert set(map(tuple, found.values())) == {()}


def test_a_colleague_is_shown_what_it_was_asked_and_no_customer(cast):
    noting.note(anas(cast), by=cast.sam, html="Kim?", mentions=[cast.kim])
    running.run_due()
    assert seen_by(cast.kim) == {"mentions": ["Sam Silva mentioned you in “Tulips”"], "drafts": []}


def test_the_page_teaches_where_nothing_waits_and_is_a_part_for_htmx(cast, ana):
    page = ana.get("/today/").content.decode()
    assert "that nobody has with a" in page
    assert "The first answer of the day" in page
    part = ana.get("/today/", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part
    assert "today__grid" in part


def test_what_was_done_counts_the_conversations_one_may_see(cast, ana):
    for by in (cast.ana, cast.sam):
        one = anas(cast)
        cast.replies(one, by=by)
        cast.replies(one, by=by)
        closing.close(fresh(one), by=by)
    foreign = assigning.assign(cast.conversation(inbox=cast.drivers_inbox), to=cast.ben, by=cast.ben)
    cast.replies(foreign, by=cast.ben)
    since = clock.now() - timedelta(hours=1)
    done = daily.achieved_since(cast.ana, since)
    assert (done.answered, done.closed, done.own_answered, done.own_closed) == (2, 2, 1, 1)
    assert daily.achieved_since(cast.flora, since).answered == 3
    assert (
        "2 conversations answered · 2 closed · of these by you: 1 answered, 1 closed"
        in ana.get("/today/").content.decode()
    )


def test_one_begins_where_one_chose_to(cast, ana):
    assert ana.get("/").headers["Location"] == "/today/"
    profile = {"name": "Ana", "language": "en", "time_zone": "", "start_page": "inbox"}
    assert ana.post("/account/", profile).status_code == 302
    assert ana.get("/").headers["Location"] == "/inbox/"


@pytest.mark.parametrize("conversations", [1, 12])
def test_the_page_asks_the_same_for_little_and_for_much(cast, django_assert_max_num_queries, conversations):
    for number in range(conversations):
        one = anas(cast, f"Case {number}")
        drafting.save_draft(one, by=cast.ana, content=ReplyContent(html="<p>Dear</p>"))
        noting.note(one, by=cast.sam, html="Ana?", mentions=[cast.ana])
    running.run_due(500)
    browser = at_desk(cast.ana)
    browser.get("/today/")
    with django_assert_max_num_queries(30):
        browser.get("/today/")


def test_failed_replies_of_others_hide_nothing_and_are_not_ones_own(cast):
    reply = cast.replies(anas(cast), by=cast.sam)
    queueing.queue_message(reply)
    Delivery.objects.update(state=Delivery.State.POSSIBLY_SENT)
    assert outbox.troubled_of(cast.ana.pk, 5) == []
    assert [row[2] for row in outbox.troubled_of(cast.sam.pk, 5)] == ["possibly_sent"]
    assert not Draft.objects.exists()
