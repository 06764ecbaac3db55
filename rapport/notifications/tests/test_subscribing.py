"""Where people want to be told: whose, how many, which addresses, and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from rapport.conversations.tests.cast import cast
from rapport.kit import clock, webpush
from rapport.kit.secrets import KeyRing, SecretUnreadable
from rapport.notifications import identifying, subscribing
from rapport.notifications.errors import BadDevice, CopyOnHold, NoSuchDevice, NotificationRefusal, TooManyDevices
from rapport.notifications.models import Device, Push, PushKey
from rapport.notifications.subscribing import Subscription
from rapport.notifications.tests.reached import session_of
from rapport.people import changing, installing
from tests.servers.push_service import Browser

__all__ = ["cast"]


def subscribe(account, endpoint="https://push.example/one", browser=None, session=None):
    browser = browser or Browser()
    subscription = Subscription(endpoint, browser.p256dh, browser.auth)
    return subscribing.subscribe(
        account, subscription=subscription, name="Firefox, Linux", session=session or session_of(account)
    )


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "push.example",
        "http://push.example/a",
        "ftp://push.example/a",
        "javascript:alert(1)//https://",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://[::ffff:10.0.0.1]/a",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.1.2.3/a",
        "https://2130706433/a",
        "https://0x7f.1/a",
        "https://user:word@push.example/a",
        "https://push.example:22/a",
        "https://push.example:0/a",
        "https://push.example\\@127.0.0.1/a",
        "https://push.example/a\r\nX-Evil: 1",
        "https://push.example/ä",
        "https://push.example/" + "a" * 1000,
    ],
)
def test_addresses_that_no_push_service_gives_out_are_refused(cast, endpoint):
    with pytest.raises(BadDevice):
        subscribe(cast.ana, endpoint)
    assert not Device.objects.exists()


def test_keys_that_no_browser_makes_are_refused(cast):
    with pytest.raises(BadDevice):
        subscription = Subscription("https://push.example/one", "AAAA", "AAAA")
        subscribing.subscribe(cast.ana, subscription=subscription, name="x", session=session_of(cast.ana))


def test_the_same_browser_is_one_row_also_after_signing_in_again_and_with_a_new_address(cast):
    browser, session = Browser(), session_of(cast.ana)
    first = subscribe(cast.ana, browser=browser, session=session)
    assert subscribe(cast.ana, browser=browser).pk == first.pk
    moved = subscribe(cast.ana, "https://push.example/two", browser=browser, session=Device.objects.get().session)
    assert [moved.endpoint, *Device.objects.values_list("endpoint", flat=True)] == ["https://push.example/two"] * 2


def test_another_person_at_the_same_browser_takes_it_over_and_a_stranger_who_knows_its_address_does_not(cast):
    browser = Browser()
    subscribe(cast.ana, browser=browser)
    with pytest.raises(BadDevice):
        subscribe(cast.ben)
    subscribe(cast.ben, browser=browser)
    assert Device.objects.get().account == cast.ben


def test_ten_browsers_are_enough_and_those_signed_out_do_not_count(cast):
    devices = [subscribe(cast.ana, f"https://push.example/{number}") for number in range(subscribing.MOST_DEVICES)]
    with pytest.raises(TooManyDevices):
        subscribe(cast.ana)
    subscribe(cast.ben)
    devices[0].session.end()
    subscribe(cast.ana, "https://push.example/again")
    assert Device.objects.filter(account=cast.ana).count() == subscribing.MOST_DEVICES


def sign_out(device):
    device.session._session_store().delete(device.session.session_key)


def end_by_hand(device):
    device.session.end()


def deactivate(device):
    changing.end(device.account, by=None)


def change_password(device):
    changing.set_password(device.account, password="another long one", by=None)


def grow_old(device):
    from django.contrib.sessions.models import Session

    Session.objects.filter(session_key=device.session.session_key).update(expire_date=clock.now())


@pytest.mark.parametrize("end", [sign_out, end_by_hand, deactivate, change_password, grow_old])
def test_it_ends_with_the_session_in_which_it_was_turned_on(cast, end):
    device, other = subscribe(cast.ana), subscribe(cast.ben, "https://push.example/bens")
    assert subscribing.devices_of(cast.ana) == [device]
    end(device)
    cast.ana.refresh_from_db()
    assert subscribing.devices_of(cast.ana) == []
    subscribing.forget_old()
    assert list(Device.objects.all()) == [other]


def test_ones_own_can_be_tried_and_removed_and_nobody_elses(cast):
    mine = subscribe(cast.ana)
    for act in (subscribing.try_out, subscribing.unsubscribe):
        with pytest.raises(NoSuchDevice):
            act(cast.ben, mine.pk)
    Device.objects.update(rest_until=clock.now() + timedelta(hours=1))
    for _press in range(2):
        subscribing.try_out(cast.ana, mine.pk)
        assert Push.objects.get(is_trial=True).next_try_at <= clock.now()
        Push.objects.update(next_try_at=clock.now() + timedelta(hours=1))  # it failed, and rests with the browser
    subscribing.unsubscribe(cast.ana, mine.pk)
    assert not Push.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
def test_a_browser_is_locked_before_its_pushes_go_as_carrying_locks_it(cast):
    mine = subscribe(cast.ana)
    subscribing.try_out(cast.ana, mine.pk)
    with CaptureQueriesContext(connection) as asked:
        subscribing.unsubscribe(cast.ana, mine.pk)
    told = [one["sql"].replace('"', "") for one in asked.captured_queries]
    gone = next(at for at, sql in enumerate(told) if sql.startswith("DELETE FROM notifications_push"))
    assert any("FROM notifications_device" in sql and "FOR UPDATE" in sql for sql in told[:gone])


def test_a_restored_copy_tries_nothing(cast):
    mine = subscribe(cast.ana)
    installing.hold(backup_made_at=clock.now(), last_message=0)
    with pytest.raises(CopyOnHold):
        subscribing.try_out(cast.ana, mine.pk)


def test_what_ended_is_shown_for_a_month(cast):
    mine = subscribe(cast.ana)
    Device.objects.update(ended="gone", ended_at=clock.now(), endpoint="")
    assert subscribing.devices_of(cast.ana) == [mine]
    with clock.standing_at(clock.now() + subscribing.SHOWN_AFTER_END + timedelta(days=1)):
        assert subscribing.forget_old() == 1


def test_the_pair_of_keys_is_made_once_lies_sealed_and_moves_to_new_keys_of_the_ring(cast):
    public = identifying.public_key()
    assert identifying.public_key() == public == webpush.public_key(identifying.private_key())
    kept = PushKey.objects.get()
    assert identifying.private_key() not in kept.private_encrypted
    before = kept.private_encrypted
    settings.KEY_RING.rotate("encryption")
    identifying.renew(kept)
    assert PushKey.objects.get().private_encrypted != before
    assert identifying.public_key() == public


def test_a_lost_ring_means_new_keys_and_nobody_reached_by_the_old_ones(cast, tmp_path):
    public = identifying.public_key()
    subscribe(cast.ana)
    with override_settings(KEY_RING=KeyRing.load_or_create(tmp_path / "other.json")):
        with pytest.raises(SecretUnreadable):
            identifying.private_key()
        assert identifying.public_key() != public
        assert identifying.private_key()
    assert not Device.objects.exists()


def test_every_refusal_says_what_to_do():
    for refusal in NotificationRefusal.__subclasses__():
        assert len(str(refusal.sentence)) > 20
        assert refusal.code != "refused"
