"""Mails that wait: by quiet hours, by storms, for the digest. Held, then one mail or none; nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from rapport.conversations import assigning, noting
from rapport.conversations.tests.cast import Cast, cast
from rapport.kit import clock
from rapport.notifications import listing, ruling, seeing, sparing, summarising
from rapport.notifications.models import Notification
from rapport.notifications.timing import Quiet
from rapport.notifications.topics import DEFAULTS, By, Topic, Wish
from rapport.outbox.models import Delivery
from rapport.people import installing, joining
from rapport.people.models import Account
from rapport.reactions import running

__all__ = ["cast"]

EVENING = datetime(2027, 3, 9, 22, 30, tzinfo=UTC)
MORNING = datetime(2027, 3, 10, 7, 0, tzinfo=UTC)


def mails():
    return [each.payload for each in Delivery.objects.filter(purpose="notification").order_by("pk")]


def assigned(cast, count=1, *, at=EVENING):
    """Sam gives Ana conversations at this time, and everything is reacted to then."""
    with clock.standing_at(at):
        ones = [cast.conversation(f"Mail {number}", subject=f"Case {number}") for number in range(count)]
        running.run_due(500)
        for one in ones:
            assigning.assign(one, to=cast.ana, by=cast.sam)
        running.run_due(500)
    return ones


def due(at):
    with clock.standing_at(at):
        return summarising.send_due()


@pytest.fixture
def quiet_ana(cast: Cast):
    Account.objects.filter(pk=cast.ana.pk).update(time_zone="UTC")
    ruling.set_hours(cast.ana, quiet=Quiet(time(22), time(7)), digest_hour=8)


def test_quiet_hours_hold_mails_and_then_tell_all_in_one(cast, quiet_ana):
    assigned(cast, 3)
    assert (mails(), listing.unread_count(cast.ana)) == ([], 3)
    assert due(MORNING - timedelta(minutes=1)) == 0
    assert [due(MORNING), due(MORNING)] == [1, 0]
    [mail] = mails()
    assert mail["subject"] == "3 things happened in the meantime"
    assert all(f"Sam Silva assigned “Case {number}” to you" in mail["text"] for number in range(3))
    assert "/account/notifications/" in mail["text"]
    assert mail["external_id"] == mail["reply_to"] == ""


def test_one_held_thing_is_told_as_itself_and_can_be_answered(cast, quiet_ana):
    [one] = assigned(cast, at=MORNING - timedelta(days=1, hours=-3))
    with clock.standing_at(EVENING):
        noting.note(one, by=cast.sam, html="<p>The van, Ana?</p>", mentions=[cast.ana])
        running.run_due()
    due(MORNING)
    mail = mails()[-1]
    assert "Sam Silva mentioned you" in mail["subject"]
    assert "The van, Ana?" in mail["text"]
    assert mail["reply_to"] == "hello@fleur.example"


def read_it(cast):
    seeing.mark_all(cast.ana, up_to=10**12)


def lose_it(cast):
    joining.remove_from_team(cast.ana, team=cast.shop, by=cast.flora)


def want_no_mail(cast):
    Account.objects.filter(pk=cast.ana.pk).update(mail_notifications=False)


def leave(cast):
    Account.objects.filter(pk=cast.ana.pk).update(is_active=False)


@pytest.mark.parametrize("change", [read_it, lose_it, want_no_mail, leave])
@pytest.mark.parametrize("by", [By.NOW, By.DIGEST])
def test_what_is_stale_or_no_longer_ones_own_is_dropped_and_not_flushed(cast, quiet_ana, change, by):
    ruling.set_wish(cast.ana, topic=Topic.ASSIGNED, wish=Wish(bell=True, mail=by))
    assigned(cast, 2)
    change(cast)
    assert due(MORNING + timedelta(hours=2)) == 0
    assert mails() == []
    assert set(Notification.objects.values_list("mail", flat=True)) == {"dropped"}


def test_quiet_hours_that_were_moved_meanwhile_hold_on(cast, quiet_ana):
    assigned(cast)
    ruling.set_hours(cast.ana, quiet=Quiet(time(22), time(9)), digest_hour=8)
    assert [due(MORNING), due(MORNING + timedelta(hours=2))] == [0, 1]


def test_a_storm_is_some_mails_and_then_one(cast):
    assigned(cast, sparing.STORM + 7)
    assert len(mails()) == sparing.STORM
    assert due(EVENING + timedelta(minutes=9)) == 0
    assert due(EVENING + timedelta(minutes=11)) == 1
    assert mails()[-1]["subject"] == "7 things happened in the meantime"


def test_a_queue_that_wakes_up_late_tells_all_in_one(cast):
    with clock.standing_at(EVENING):
        for number in range(4):
            assigning.assign(cast.conversation(f"Mail {number}"), to=cast.ana, by=cast.sam)
    with clock.standing_at(MORNING):
        running.run_due(500)
    assert mails() == []
    assert due(MORNING + timedelta(minutes=2)) == 1
    assert Notification.objects.filter(mail="told").count() == Notification.objects.count()


def test_a_second_thing_in_one_conversation_within_minutes_waits_and_is_not_lost(cast):
    [one] = assigned(cast)
    with clock.standing_at(EVENING + timedelta(minutes=1)):
        noting.note(one, by=cast.sam, html="Hm")
        running.run_due()
    assert len(mails()) == 1
    assert due(EVENING + timedelta(minutes=6)) == 1
    assert "Sam Silva wrote a note" in mails()[-1]["subject"]


def test_a_clock_that_went_back_holds_no_mail_for_that_hour_again(cast):
    [one, *_] = assigned(cast, sparing.STORM + 1)
    before = EVENING - timedelta(hours=1)
    assert due(before) == 1  # what the storm held until the hour that comes again
    [told] = assigned(cast, at=before)
    assert len(mails()) == sparing.STORM + 2  # the mails of that hour are no storm
    for conversation, minutes in (
        (one, 1),
        (told, 10),
    ):  # each told of before, the first one in the hour that comes again
        with clock.standing_at(before + timedelta(minutes=minutes)):
            noting.note(conversation, by=cast.sam, html="Hm")
            running.run_due()
        assert due(before + timedelta(minutes=minutes + 6)) == (conversation is one)


def digest_of_ana(cast):
    Account.objects.filter(pk=cast.ana.pk).update(time_zone="America/New_York")
    ruling.set_wish(cast.ana, topic=Topic.ASSIGNED, wish=Wish(bell=False, mail=By.DIGEST))
    ruling.set_hours(cast.ana, quiet=Quiet(), digest_hour=2)


def test_the_digest_comes_once_at_the_hour_there_also_when_the_clock_jumps_over_it(cast):
    digest_of_ana(cast)
    changing = datetime(2027, 3, 14, 7, 0, tzinfo=UTC)  # 02:00 in New York does not come on this day
    assigned(cast, 2, at=changing - timedelta(hours=5))
    assert due(changing - timedelta(minutes=1)) == 0
    assigned(cast, 1, at=changing + timedelta(minutes=5))
    assert [due(changing + timedelta(minutes=6)), due(changing + timedelta(hours=20))] == [1, 0]
    assert mails()[-1]["subject"] == "Your digest: 2 things happened"
    assert [due(changing + timedelta(hours=23)), due(changing + timedelta(hours=30))] == [1, 0]
    assert mails()[-1]["subject"] == "Your digest: 1 thing happened"
    assert due(changing + timedelta(days=3)) == 0  # nothing happened: no digest


def test_a_restored_copy_tells_nobody(cast, quiet_ana):
    assigned(cast)
    installing.hold(backup_made_at=EVENING, last_message=0)
    assert due(MORNING) == 0
    assert mails() == []


def test_a_summary_of_very_much_says_how_much_more_there_is(cast, quiet_ana):
    assigned(cast, 60)
    due(MORNING)
    assert "And 10 more." in mails()[-1]["text"]


def test_what_was_told_long_ago_is_forgotten_and_what_waits_is_not(cast, quiet_ana):
    assigned(cast, 2)
    Notification.objects.filter(pk=Notification.objects.earliest("pk").pk).update(mail="told", mail_at=None)
    with clock.standing_at(EVENING + summarising.KEPT + timedelta(days=1)):
        assert summarising.forget_old() == 1
    assert Notification.objects.get().mail == "waiting"


def test_every_topic_has_a_default():
    assert set(DEFAULTS) == set(Topic)
