"""R-05: sending is honest: every answer at every command, three days of retries, a sender killed in the middle.

The ledger is the server's own: who was acknowledged how often, against what the delivery says.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.channels.secrets import write_secrets
from rapport.conversations.tests.cast import CARLA, DAN, cast
from rapport.events.models import Event
from rapport.kit import clock
from rapport.outbox import sending
from rapport.outbox.tests.shop import Shop, attention, shop, way_out
from tests.faults import installation
from tests.faults.reporting import size
from tests.servers.ports import wait_until
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.servers.scripting import Act, Drop, Hang, Say

__all__ = ["cast", "shop"]

COMMANDS = ("GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "BODY")
LATER, NEVER = Say(b"451 4.3.0 later"), Say(b"554 5.7.1 never")
ACTS: dict[str, Act] = {"4xx": LATER, "5xx": NEVER, "reset": Drop(reset=True), "torn": Drop(after=2), "silence": Hang()}
EVERYBODY = {CARLA.email: 1, DAN.email: 1}
NOBODY = {CARLA.email: 0, DAN.email: 0}


@pytest.fixture
def smtp():
    server = ScriptedSmtp(extensions=[b"8BITMIME", b"AUTH PLAIN"])
    server.start()
    yield server
    server.stop()


def expected(command: str, act: str) -> tuple[str, dict[str, int]]:
    """The state in the end, and the acknowledged copies of each recipient."""
    if command == "BODY" and act not in ("4xx", "5xx"):
        return "possibly_sent", NOBODY
    if act != "5xx" or command == "AUTH":
        return "sent", EVERYBODY
    if command == "RCPT":  # said about the first of the two
        return "failed", {CARLA.email: 0, DAN.email: 1}
    return "failed", NOBODY


def be_patient(shop: Shop, smtp: ScriptedSmtp, *, seconds: float) -> None:
    """How long the server is waited for: shortly where it says nothing, else as a crowded machine needs it."""
    shop.cast.inbox.settings = way_out(smtp.port, timeout_seconds=seconds, patience_seconds=seconds)
    shop.cast.inbox.settings["smtp"] |= {"user": "shop", "auth": "password"}
    shop.cast.inbox.save()


@pytest.mark.django_db
def test_every_answer_at_every_command_is_told_for_what_it_is(shop: Shop, smtp: ScriptedSmtp, tell):
    be_patient(shop, smtp, seconds=30)
    write_secrets(shop.cast.inbox, {"smtp_password": "secret"})
    wrong = {}
    for command in COMMANDS:
        for act, what in ACTS.items():
            smtp.rewind()
            smtp.taken.clear()
            smtp.at(command, what)
            be_patient(shop, smtp, seconds=0.3 if act == "silence" else 30)
            delivery = shop.sends(shop.writes_back(to=[CARLA], cc=[DAN]))
            first = delivery.state
            be_patient(shop, smtp, seconds=30)
            for _ in range(3):
                delivery = shop.later(delivery)
            copies = {
                email: sum(one.acknowledged and email in one.recipients for one in smtp.taken) for email in EVERYBODY
            }
            found = (str(delivery.state), copies)
            silent = delivery.state != "sent" and not attention(delivery.message)
            if found != expected(command, act) or silent or (first == "sent"):
                wrong[command, act] = (first, *found, "nobody is told" if silent else "")
    tell(f"{len(COMMANDS)} commands × {len(ACTS)} acts × 2 recipients, four tries each: {len(wrong)} wrong")
    assert wrong == {}


@pytest.mark.django_db
def test_a_temporary_refusal_is_tried_for_three_days_and_then_told(shop: Shop, smtp: ScriptedSmtp, tell):
    smtp.at("MAIL", LATER, times=None)
    shop.cast.inbox.settings = way_out(smtp.port)
    shop.cast.inbox.save()
    delivery = shop.writes_back()
    began, tries = clock.now(), []
    while delivery.state in ("queued", "deferred"):
        assert delivery.next_try_at is not None
        with clock.standing_at(delivery.next_try_at):
            before = clock.now() - timedelta(seconds=1)
            with clock.standing_at(before):
                assert sending.send_due() == 0, "too early"
            delivery = shop.sends(delivery)
            tries.append((clock.now() - began) / timedelta(hours=1))
    gaps = [60 * (after - earlier) for earlier, after in itertools.pairwise(tries)]
    tell(f"{len(tries)} tries in {tries[-1]:.1f} h; the first gaps {', '.join(f'{gap:.0f}' for gap in gaps[:6])} min")
    for gap, minutes in zip(gaps, (1, 5, 15, 60, 120, 240, *[480] * 50), strict=False):
        assert 0.8 * minutes <= gap <= 1.2 * minutes
    assert (delivery.state, 72 <= tries[-1] <= 72 + 9.6) == ("failed", True)
    assert Event.objects.filter(kind="delivery.failed", subject_id=delivery.pk).count() == 1
    assert attention(delivery.message)


_TWO_WAYS_OUT = """
from datetime import timedelta
from rapport.channels.models import Inbox
from rapport.conversations import replying
from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import make_cast
cast = make_cast()
for inbox, port in ((cast.inbox, {slow}), (cast.drivers_inbox, {quick})):
    server = {{"host": "127.0.0.1", "port": port, "security": "none"}}
    inbox.settings = {{"transport": "smtp", "smtp": server, "timeout_seconds": 60, "patience_seconds": 60}}
    inbox.acknowledge = False
    inbox.save()
for inbox in (cast.inbox, cast.drivers_inbox):
    conversation = cast.conversation(inbox=inbox)
    content = replying.ReplyContent(html="<p>Yes.</p>", seen_message_id=conversation.last_message_id)
    replying.reply(conversation, by=cast.flora, content=content, delay=timedelta(0))
"""
_STATES = "SELECT inbox_id, state FROM outbox_delivery WHERE message_id IS NOT NULL ORDER BY inbox_id"


@pytest.mark.timeout(300)
def test_a_sender_killed_in_the_middle_leaves_a_doubt_soon_and_a_slow_server_delays_nobody(
    make_installation, smtp, tell
):
    quick = ScriptedSmtp(extensions=[b"8BITMIME"])
    quick.start()
    product = make_installation()
    smtp.at("BODY", Hang(), times=None)
    product.python(_TWO_WAYS_OUT.format(slow=smtp.port, quick=quick.port))
    product.start()
    wait_until(lambda: len(smtp.taken) == 1, seconds=60, what="the message at the slow server")
    wait_until(lambda: len(quick.taken) == 1, seconds=60, what="the message by the other way")
    wait_until(lambda: states_of(product) == ["sending", "sent"], seconds=60, what="its answer being noted")
    product.kill("rapport-worker")
    killed = time.monotonic()
    wait_until(lambda: states_of(product) == ["possibly_sent", "sent"], seconds=90, what="the doubt being told")
    tell(f"killed while the server was silent: possibly sent {time.monotonic() - killed:.1f} s later")
    assert (len(smtp.taken), len(quick.taken)) == (1, 1), "nothing is sent twice without a person"
    quick.stop()


def states_of(product) -> list[str]:
    return [state for _, state in installation.rows(product, _STATES)]


_LONG_QUEUE = """
from datetime import timedelta
from rapport.conversations import replying
from rapport.conversations.models import Message
from rapport.conversations.tests.cast import make_cast
from rapport.kit import clock
from rapport.outbox.models import Delivery
cast = make_cast()
for inbox, port in ((cast.inbox, {long}), (cast.drivers_inbox, {short})):
    inbox.settings = {{"transport": "smtp", "smtp": {{"host": "127.0.0.1", "port": port, "security": "none"}}}}
    inbox.acknowledge = False
    inbox.save()
ones = [cast.conversation(inbox=cast.inbox) for _ in range(20)]
now = clock.now()
messages = Message.objects.bulk_create(
    Message(conversation=ones[number % 20], kind="reply", state="done", author=cast.ana, at=now, subject="Re: Tulips",
            html=f"<p>Number {{number}}</p>", text=f"Number {{number}}", to=[{{"email": f"c{{number}}@example.org"}}],
            external_id=f"rapport.{{number}}@fleur.example")
    for number in range({count})
)
Delivery.objects.bulk_create(
    Delivery(message=message, step="send", inbox=cast.inbox, conversation_id=message.conversation_id, purpose="reply",
             external_id=message.external_id, recipients=[message.to[0]["email"]],
             give_up_at=now + timedelta(hours=72))
    for message in messages
)
other = cast.conversation(inbox=cast.drivers_inbox)
content = replying.ReplyContent(html="<p>Yes.</p>", seen_message_id=other.last_message_id)
replying.reply(other, by=cast.flora, content=content, delay=timedelta(0))
"""
_BY_STATE = "SELECT state, count(*) FROM outbox_delivery WHERE purpose = 'reply' GROUP BY state ORDER BY state"


@pytest.mark.timeout(3600)
def test_a_long_queue_leaves_once_each_at_an_even_pace_and_holds_up_nobody_else(make_installation, tell):
    count = size(commit=600, night=10_000, release=10_000)
    with contextlib.ExitStack() as stack:
        long, short = (stack.enter_context(running(ScriptedSmtp(extensions=[b"8BITMIME"]))) for _ in range(2))
        product = make_installation()
        product.python(_LONG_QUEUE.format(long=long.port, short=short.port, count=count))
        product.start()
        wait_until(lambda: len(short.taken) == 1, seconds=60, what="the message by the other way")
        before_the_other = len(long.taken)
        moments = [passed(long, share, count) for share in (count // 10, count // 5, count // 2)]
        product.kill("rapport-worker")
        moments += [passed(long, share, count) for share in (count * 8 // 10, count * 9 // 10)]
        wait_until(
            lambda: {state for state, _ in installation.rows(product, _BY_STATE)} <= {"sent", "possibly_sent"},
            seconds=count, what="the end of the queue", pause=0.5,
        )  # fmt: skip
        states = dict(installation.rows(product, _BY_STATE))
    copies = Counter(email for one in long.taken if one.acknowledged for email in one.recipients)
    begun, ended = (count // 10 / (moments[at + 1] - moments[at]) for at in (0, 3))
    tell(
        f"{count} replies, the worker killed half way: {states}, twice {sum(n > 1 for n in copies.values())}; "
        f"{begun:.0f} a second of the second tenth, {ended:.0f} of the ninth; the other way's left after {before_the_other}"
    )
    assert max(copies.values()) == 1, "nothing is sent twice without a person"
    assert len(copies) + states.get("possibly_sent", 0) >= count, "none is lost"
    assert states.get("possibly_sent", 0) <= 1
    assert before_the_other < count // 2


@contextlib.contextmanager
def running(server: ScriptedSmtp) -> Iterator[ScriptedSmtp]:
    server.start()
    yield server
    server.stop()


def passed(server: ScriptedSmtp, number: int, count: int) -> float:
    """When so many messages had arrived."""
    wait_until(lambda: len(server.taken) >= number, seconds=count, what=f"message {number}", pause=0.05)
    return time.monotonic()


@pytest.mark.django_db
def test_the_next_of_a_long_queue_is_found_along_an_index(shop: Shop):
    lane = sending.Lane("replies", shop.cast.inbox.pk)
    with CaptureQueriesContext(connection) as queries:
        assert sending.claim(lane) is None
    [look] = [one["sql"] for one in queries if "ORDER BY" in one["sql"]]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # the table of a test is too small for any index
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + look)
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert "delivery_due" in plan, plan
    if connection.vendor == "sqlite":
        assert "TEMP B-TREE" not in plan, plan
