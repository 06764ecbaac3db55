"""From what happened to what a browser is told: by a push service of our own, over TLS, opened by the browser's keys."""

from __future__ import annotations

import dataclasses
import socket
from datetime import UTC, datetime, time, timedelta
from ipaddress import ip_network

import pytest
from django.conf import settings
from django.db import OperationalError

from rapport.conversations import assigning, noting
from rapport.conversations.tests.cast import Cast, cast
from rapport.kit import clock
from rapport.kit.webpush import from_base64
from rapport.notifications import carrying, identifying, pushing, ruling, seeing, sparing
from rapport.notifications.models import Device, Notification, Push
from rapport.notifications.tests.reached import device_of
from rapport.notifications.timing import Quiet
from rapport.notifications.topics import DEFAULTS, By, Topic, Wish
from rapport.people import changing, installing, joining
from rapport.people.models import Account
from rapport.reactions import running
from tests.servers import certificates
from tests.servers.push_service import PushService

__all__ = ["cast"]

EVENING = datetime(2027, 3, 9, 22, 30, tzinfo=UTC)
MORNING = datetime(2027, 3, 10, 7, 0, tzinfo=UTC)


@pytest.fixture
def service(monkeypatch):
    """A push service on this machine: the operator has opened the loopback network and trusts its authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.trusted().authority))
    opened = dataclasses.replace(settings.ENVIRONMENT, allow_nets=(ip_network("127.0.0.0/8"), ip_network("::1/128")))
    monkeypatch.setattr(settings, "ENVIRONMENT", opened)
    with PushService() as running_service:
        yield running_service


@pytest.fixture
def anas(cast: Cast, service):
    """Ana's browser."""
    identifying.public_key()
    return device_of(cast.ana, endpoint=service.endpoint, browser=service.browser)


def assigned(cast, count=1, *, at=None):
    """Sam gives Ana conversations, and everything is reacted to."""
    with clock.standing_at(at or clock.now()):
        ones = [cast.conversation(f"Mail {number}", subject=f"Case {number}") for number in range(count)]
        running.run_due(500)
        for one in ones:
            assigning.assign(one, to=cast.ana, by=cast.sam)
        running.run_due(500)
    return ones


def carried(at=None):
    """Everything that is due is carried; how many pushes were claimed."""
    with clock.standing_at(at or clock.now()):
        total = 0
        while claimed := carrying.carry_due():
            total += claimed
        return total


def states():
    return list(Notification.objects.order_by("pk").values_list("push", flat=True))


def test_what_happened_arrives_sealed_signed_and_says_why(cast, anas, service):
    [one] = assigned(cast)
    assert carried() == 1
    [said] = service.said()
    assert said["title"] == "Sam Silva assigned “Case 0” to you"
    assert said["body"] == "You get this because the conversation was assigned to you."
    assert (said["url"], said["tag"]) == (f"/conversations/{one.pk}/", f"conversation-{one.pk}")
    [posted] = service.posted
    assert b"Case 0" not in posted.body
    headers = posted.headers
    assert (headers["content-encoding"], headers["ttl"], headers["urgency"]) == ("aes128gcm", "14400", "high")
    assert headers["authorization"].endswith(f", k={identifying.public_key()}")
    assert 0 < len(headers["topic"]) <= 32
    from_base64(headers["topic"])
    anas.refresh_from_db()
    assert anas.last_success_at is not None
    assert not Push.objects.exists()
    assert carried() == 0


def test_a_repeated_reaction_pushes_nothing_twice_and_two_browsers_are_both_told(cast, anas, service):
    device_of(cast.ana, endpoint=service.endpoint + "-too", browser=service.browser)
    assigned(cast)
    from rapport.events.models import Event
    from rapport.notifications import telling

    telling.about_assignment(Event.objects.filter(kind="conversation.assigned").latest("pk"))
    carried()
    assert sorted(each.path for each in service.posted) == ["/send/one", "/send/one-too"]


def test_one_that_cannot_be_noted_lets_the_others_be(cast, anas, service, monkeypatch):
    device_of(cast.ana, endpoint=service.endpoint + "-too", browser=service.browser)
    assigned(cast)
    note, unlucky = carrying._note, Push.objects.order_by("pk").values_list("pk", flat=True)[0]

    def breaks_for_one(letter):
        if letter.push.pk == unlucky:
            raise OperationalError
        note(letter)

    monkeypatch.setattr(carrying, "_note", breaks_for_one)
    assert carried() == 2
    assert list(Push.objects.values_list("pk", flat=True)) == [unlucky]
    assert len(service.posted) == 2


def no_wish(cast):
    ruling.set_wish(cast.ana, topic=Topic.ASSIGNED, wish=Wish(bell=True, mail=By.NOW))


def other_account(cast):
    Device.objects.update(account=cast.ben)


def is_ended(cast):
    Device.objects.update(ended="gone", ended_at=clock.now(), endpoint="")


@pytest.mark.parametrize("change", [no_wish, other_account, is_ended])
def test_nobody_is_pushed_who_does_not_wish_it(cast, anas, change):
    change(cast)
    assigned(cast)
    assert states()[-1] == ""
    assert not Push.objects.exists()


def test_a_push_alone_is_enough_to_be_told(cast, anas, service):
    ruling.set_wish(cast.ana, topic=Topic.ASSIGNED, wish=Wish(bell=False, mail=By.NEVER, push=True))
    assigned(cast)
    carried()
    assert len(service.said()) == 1


def read_it(cast):
    seeing.mark_all(cast.ana, up_to=10**12)


def lose_it(cast):
    joining.remove_from_team(cast.ana, team=cast.shop, by=cast.flora)
    Account.objects.filter(pk=cast.ana.pk).update(access_version=cast.ana.access_version)  # her session goes on


def leave(cast):
    changing.end(cast.ana, by=cast.flora)


def sign_out(cast):
    device = Device.objects.get()
    device.session._session_store().delete(device.session.session_key)


@pytest.mark.parametrize("change", [read_it, lose_it, leave, sign_out])
def test_what_is_read_or_lost_before_it_leaves_is_not_told(cast, anas, service, change):
    assigned(cast)
    change(cast)
    assert carried() == 1
    assert service.posted == []
    assert not Push.objects.exists()


def test_a_colleague_who_may_not_read_customers_words_is_not_told_of_them(cast, anas, service):
    [one] = assigned(cast)
    carried()
    service.posted.clear()
    cast.writes("Secret words", into=one)
    running.run_due()
    Account.objects.filter(pk=cast.ana.pk).update(role=cast.kim.role)
    carried()
    assert service.posted == []


def test_where_the_company_wants_no_words_there_are_none(cast, anas, service):
    installing.set_push_words(are_shown=False, by=cast.flora)
    [one] = assigned(cast)
    carried()
    [said] = service.said()
    assert (said["title"], said["body"]) == ("Something new", "Open Rapport to see it.")
    assert said["url"] == f"/conversations/{one.pk}/"


def test_quiet_hours_hold_and_then_all_comes_as_one(cast, anas, service):
    Account.objects.filter(pk=cast.ana.pk).update(time_zone="UTC")
    ruling.set_hours(cast.ana, quiet=Quiet(time(22), time(7)), digest_hour=8)
    assigned(cast, 3, at=EVENING)
    assert set(states()) == {"waiting"}
    for at in (MORNING - timedelta(minutes=1), MORNING, MORNING):
        with clock.standing_at(at):
            pushing.send_held()
    signed_in_until(MORNING)
    carried(MORNING)
    [said] = service.said()
    assert said["title"] == "3 things happened in the meantime"
    assert said["body"].splitlines()[0] == "Sam Silva assigned “Case 2” to you"
    assert said["url"] == "/notifications/"
    assert service.posted[0].headers["urgency"] == "normal"


def test_a_storm_is_some_pushes_and_then_one(cast, anas, service):
    assigned(cast, sparing.STORM + 7)
    carried()
    assert len(service.posted) == sparing.STORM
    after = clock.now() + sparing.STORM_WITHIN + timedelta(minutes=1)
    with clock.standing_at(after):
        assert pushing.send_held() == 1
    carried(after)
    assert service.said()[-1]["title"] == "7 things happened in the meantime"


def test_what_was_held_before_the_clock_went_back_waits_for_that_hour_no_second_time(cast, anas, service):
    assigned(cast, sparing.STORM + 1, at=clock.now() + timedelta(hours=1))
    assert pushing.send_held() == 1
    assert set(states()) == {"told"}


def test_news_joins_no_push_that_another_worker_has_in_hand(cast, anas, service):
    service.answers = [(500, {})]
    assigned(cast)
    Push.objects.update(claimed_until=clock.now() + carrying.CLAIM, next_try_at=clock.now() + carrying.CLAIM)
    [one] = assigned(cast)
    in_hand, another = Push.objects.order_by("pk")
    assert carried() == 1  # the other one, which fails
    noting.note(one, by=cast.sam, html="Ana, the van?", mentions=[cast.ana])
    running.run_due()
    in_hand.refresh_from_db()
    another.refresh_from_db()
    assert (len(in_hand.notifications), len(another.notifications)) == (1, 2)


def test_much_about_one_conversation_is_told_as_that_conversation(cast, anas, service):
    service.answers = [(500, {}), (201, {})]
    [one] = assigned(cast)
    carried()
    noting.note(one, by=cast.sam, html="Ana, the van?", mentions=[cast.ana])
    running.run_due()
    assert Push.objects.count() == 1  # what cannot be reached now gets no heap
    carried(clock.now() + timedelta(minutes=2))
    said = service.said()[-1]
    assert said["title"] == "Sam Silva mentioned you in “Case 0”"
    assert said["body"] == "And 1 more."
    assert said["url"] == f"/conversations/{one.pk}/"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_ended_and_leaves_a_trace(cast, anas, service, status):
    service.answers = [(status, {})]
    assigned(cast, 2)
    carried()
    assert len(service.posted) == 1
    anas.refresh_from_db()
    assert (anas.ended, anas.endpoint, anas.auth) == ("gone", "", "")
    assert anas.ended_at is not None
    assert not Push.objects.exists()
    assigned(cast)
    assert carried() == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_service_that_has_no_time_is_asked_again_ever_later_and_not_for_ever(cast, anas, service, status):
    service.answers = [(status, {"Retry-After": "1200"})]
    assigned(cast)
    at, waits = clock.now(), []
    while Push.objects.exists():
        assert carried(at) == 1
        anas.refresh_from_db()
        assert anas.rest_until is not None
        waits.append((anas.rest_until - at).total_seconds() / 60)
        assert carried(anas.rest_until - timedelta(seconds=1)) == 0
        at = anas.rest_until
    assert waits == [20, 20, 20, 60, 60]
    assert (len(service.posted), anas.failures, anas.ended) == (5, 5, "")
    assert anas.last_failure == f"The push service answered {status}."


def test_a_browser_that_nothing_reaches_for_a_week_is_ended(cast, anas, service):
    service.answers = [(500, {})]
    Device.objects.update(failing_since=clock.now() - timedelta(days=8), failures=40)
    assigned(cast)
    carried()
    anas.refresh_from_db()
    assert (anas.ended, anas.endpoint) == ("unreachable", "")


def test_one_that_fails_keeps_no_other_waiting_and_no_other_way(cast, anas, service):
    Device.objects.filter(pk=anas.pk).update(endpoint="https://localhost:1/nobody")
    bens = device_of(cast.ana, endpoint=service.endpoint, browser=service.browser)
    assigned(cast)
    carried()
    assert len(service.said()) == 1
    bens.refresh_from_db()
    anas.refresh_from_db()
    assert (bens.failures, anas.failures) == (0, 1)
    assert Notification.objects.get().mail == "told"
    assert Notification.objects.get().on_bell


@pytest.mark.parametrize("endpoint", ["https://inside.example/x", "https://rebinding.example/x"])
def test_a_name_that_leads_inside_is_refused_each_time(cast, anas, service, monkeypatch, endpoint):
    answers = iter([["93.184.216.34", "10.0.0.1"], ["127.0.0.1"], ["10.0.0.1"]])
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, allow_nets=()))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (one, 443)) for one in next(answers)])
    opened: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, where: opened.append(where))
    Device.objects.update(endpoint=endpoint)
    assigned(cast)
    at = clock.now()
    for _ in range(3):
        carried(at)
        anas.refresh_from_db()
        assert anas.last_failure.startswith("This name leads to a ")
        assert anas.rest_until is not None
        at = anas.rest_until
    assert opened == []


def test_no_redirect_is_followed(cast, anas, service):
    service.answers = [(307, {"Location": service.endpoint + "-elsewhere"})]
    assigned(cast)
    carried()
    assert [each.path for each in service.posted] == ["/send/one"]
    anas.refresh_from_db()
    assert anas.failures == 1


def test_a_worker_that_dies_after_sending_repeats_it_a_few_times_at_most(cast, anas, service, monkeypatch):
    class Killed(BaseException):
        pass

    def die(letter):
        raise Killed

    assigned(cast)
    at = clock.now()
    with monkeypatch.context() as patched:
        patched.setattr(carrying, "_note", die)
        for _ in range(carrying.MOST_TRIES + 3):
            with pytest.raises(Killed) if len(service.posted) < carrying.MOST_TRIES else clock.standing_at(at):
                carried(at)
            assert carried(at + carrying.CLAIM / 2) == 0  # in the hand of the dead one until its claim runs out
            at += carrying.CLAIM
    assert len(service.posted) == carrying.MOST_TRIES
    assert len({each["tag"] for each in service.said()}) == 1
    assert not Push.objects.exists()


def test_old_news_is_dropped_and_a_clock_that_went_back_holds_nothing(cast, anas, service):
    assigned(cast)
    assert carried(clock.now() + carrying.STALE + timedelta(minutes=1)) == 1
    assert service.posted == []
    assigned(cast)
    Push.objects.update(next_try_at=clock.now() + timedelta(days=30))
    assert carried() == 1
    assert len(service.posted) == 1


def test_a_restored_copy_carries_nothing_until_it_is_released(cast, anas, service):
    assigned(cast)
    installing.hold(backup_made_at=clock.now(), last_message=0)
    assert (carried(), carrying.next_due_at(), pushing.send_held()) == (0, None, 0)
    assert Push.objects.count() == 1


def test_a_trial_says_that_it_is_one(cast, anas, service):
    Push.objects.create(device=anas, is_trial=True)
    carried()
    assert service.said()[0]["title"] == "This is how Rapport tells you"


def test_defaults_push_what_is_mailed():
    assert {topic for topic, wish in DEFAULTS.items() if wish.push} == {
        topic for topic, wish in DEFAULTS.items() if wish.mail == By.NOW
    }


def signed_in_until(moment):
    from django.contrib.sessions.models import Session

    Session.objects.update(expire_date=moment + timedelta(days=1))
