"""Each way out has a lane of its own; what a dead sender leaves is known soon; a refused login is nobody's message."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta

import pytest

from rapport.channels import configuring
from rapport.channels.secrets import write_secrets
from rapport.kit import clock, owning
from rapport.outbox import lanes, retrying, sending
from rapport.outbox.lanes import Lanes
from rapport.outbox.models import Delivery
from rapport.outbox.tests.shop import Shop, State, attention, fresh, way_out
from rapport.reactions import running
from tests.servers.ports import wait_until
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.servers.scripting import Hang, Say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scripted() -> Iterator[ScriptedSmtp]:
    server = ScriptedSmtp(extensions=[b"AUTH PLAIN"])
    server.start()
    yield server
    server.stop()


def with_login(shop: Shop, server: ScriptedSmtp) -> None:
    settings = way_out(server.port)
    settings["smtp"] |= {"user": "shop", "auth": "password"}
    shop.cast.inbox.settings = settings
    shop.cast.inbox.save()
    write_secrets(shop.cast.inbox, {"smtp_password": "secret"})


def test_a_server_that_hangs_delays_no_other_way_out(shop: Shop, scripted: ScriptedSmtp):
    scripted.at("GREETING", Hang(), times=None)
    shop.cast.drivers_inbox.settings = way_out(scripted.port, timeout_seconds=30.0)
    shop.cast.drivers_inbox.save()
    stuck = shop.writes_back(conversation=shop.cast.conversation(inbox=shop.cast.drivers_inbox))
    both = Lanes()
    assert both.work() == 1
    wait_until(lambda: scripted.connections == 1, what="the hanging server being asked")
    delivery = shop.writes_back()
    assert both.work() == 1
    wait_until(lambda: fresh(delivery).state == State.SENT, what="the other lane")
    assert fresh(stuck).state == State.SENDING
    scripted.stop()
    wait_until(lambda: fresh(stuck).state == State.DEFERRED, what="the broken line being noticed")
    both.end(5)


def test_a_claim_is_kept_while_its_server_takes_its_time(shop: Shop, scripted: ScriptedSmtp, monkeypatch):
    monkeypatch.setattr(lanes, "RENEW_SECONDS", 0.0)
    scripted.at("GREETING", Hang(), times=None)
    shop.cast.inbox.settings = way_out(scripted.port, timeout_seconds=30.0)
    shop.cast.inbox.save()
    delivery, lane = shop.writes_back(), Lanes()
    lane.work()
    wait_until(lambda: scripted.connections == 1, what="the hanging server being asked")
    Delivery.objects.update(claimed_until=clock.now() - timedelta(seconds=1))
    lane.work()
    assert (retrying.recover_interrupted(), fresh(delivery).state) == (0, State.SENDING)
    scripted.stop()
    lane.end(5)


def test_what_a_killed_process_was_sending_is_in_doubt_at_once(shop: Shop):
    gone = subprocess.Popen(["true"])
    gone.wait()
    name = owning.this_process().replace(str(os.getpid()), str(gone.pid))
    dead, elsewhere = shop.writes_back(), shop.writes_back()
    claimed = {"state": State.SENDING, "claimed_until": clock.now() + sending.CLAIM}
    Delivery.objects.filter(pk=dead.pk).update(claimed_by=name, **claimed)
    Delivery.objects.filter(pk=elsewhere.pk).update(claimed_by="another.example/7", **claimed)
    assert retrying.recover_interrupted() == 1
    assert (fresh(dead).state, fresh(elsewhere).state) == (State.POSSIBLY_SENT, State.SENDING)


def test_a_worker_that_begins_with_the_process_id_of_a_dead_one_knows_its_own_work(shop: Shop):
    delivery = shop.writes_back()
    until = clock.now() + sending.CLAIM
    Delivery.objects.update(state=State.SENDING, claimed_until=until, claimed_by=owning.this_process())
    Lanes().work()
    assert fresh(delivery).state == State.POSSIBLY_SENT


def test_a_late_answer_settles_what_was_in_doubt_meanwhile(shop: Shop):
    delivery = shop.writes_back()
    [lane] = sending.lanes_due()
    claimed = sending.claim(lane)
    assert claimed is not None
    retrying.doubt(fresh(delivery))
    sending.send(claimed, lane)
    assert (fresh(delivery).state, attention(delivery.message)) == (State.SENT, "")


def test_a_refused_login_is_asked_once_and_judges_no_message(shop: Shop, scripted: ScriptedSmtp):
    scripted.at("AUTH", Say(b"535 5.7.8 wrong password"), times=None)
    with_login(shop, scripted)
    waiting = [shop.writes_back() for _ in range(3)]
    sending.send_due()
    assert [fresh(one).state for one in waiting] == [State.DEFERRED, State.QUEUED, State.QUEUED]
    assert sending.send_due() == 0, "asking again and again would lock the account"
    assert sum(line.startswith("AUTH") for line in scripted.said()) == 1


def test_a_mended_password_sends_at_once_what_waited_for_it(shop: Shop, scripted: ScriptedSmtp):
    scripted.at("AUTH", Say(b"535 5.7.8 wrong password"), times=None)
    with_login(shop, scripted)
    waiting = [shop.writes_back() for _ in range(3)]
    sending.send_due()
    scripted.rewind()
    settings = shop.cast.inbox.settings
    configuring.change_settings(shop.cast.inbox, settings=settings, secrets={"smtp_password": "new"}, by=shop.cast.ana)
    while running.run_due(50):
        pass
    sending.send_due()
    assert [fresh(one).state for one in waiting] == [State.SENT] * 3
