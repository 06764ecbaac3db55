"""R-12: the clock jumps back and forth over the end of summer time; nothing that was due is lost, late or done twice."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime

import pytest

from bench.corpus import Mail, generate
from tests.faults import installation, ledger
from tests.faults.source import Source
from tests.servers.ports import wait_until
from tests.servers.shifted_clock import ShiftedClock

# Two minutes before clocks in Berlin go back from three to two.
BEFORE = datetime(2026, 10, 25, 0, 58, tzinfo=UTC)
HOUR, DAY = 3600, 86_400
_WORK = """
from datetime import timedelta
from rapport.conversations import replying, snoozing
from rapport.conversations.models import Conversation
from rapport.intake import processing
from rapport.kit import clock
from rapport.outbox.models import Delivery
from rapport.outbox.queueing import SystemMail, queue_system_mail
from rapport.people.models import Account
agent, now = Account.objects.get(), clock.now()
snoozed, answered = (Conversation.objects.get(messages__external_id=external) for external in %r)
content = replying.ReplyContent(html="<p>Tomorrow.</p>", seen_message_id=answered.last_message_id)
replying.reply(answered, by=agent, content=content, delay=timedelta(minutes=20))
snoozing.snooze(snoozed, until=now + timedelta(minutes=10), by=agent)
mail = queue_system_mail(SystemMail(to="dan@example.net", subject="Tried again", text="Once."))
Delivery.objects.filter(pk=mail.pk).update(state="deferred", attempts=1, next_try_at=now + timedelta(minutes=30))
"""
_DONE = (
    "SELECT kind, count(*) FROM events_event WHERE kind IN ('conversation.woken', 'message.replied', 'message.returned') "
    "GROUP BY kind ORDER BY kind"
)
_SENT = "SELECT purpose, state, attempts FROM outbox_delivery WHERE purpose IN ('reply', 'system') ORDER BY purpose"
_BEATS = "SELECT count(*) FROM reactions_scheduledrun WHERE last_error <> ''"


@pytest.mark.timeout(600)
def test_no_jump_of_the_clock_loses_or_doubles_what_is_due(make_installation, rng, tell, tmp_path):
    clock = ShiftedClock(tmp_path)
    clock.stand_at(BEFORE)
    product = make_installation(TZ="Europe/Berlin", **clock.settings)
    installation.add_agent(product, role="owner")
    mails, quiet = mails_with_two_quiet_threads(rng)
    installation.start(product)
    parts = [mails[start : start + 10] for start in range(0, 40, 10)]

    def arrive(number: int) -> None:
        Source(parts[number], installation.door_port(product)).run()
        installation.wait_until_processed(product, arrivals=10 * (number + 1), seconds=60)

    arrive(0)
    product.python(_WORK % (quiet,))
    clock.shift(seconds=-HOUR)  # what a careless machine does when summer time ends
    arrive(1)
    assert done(product) == {}, "nothing of this was due"
    clock.shift(seconds=HOUR + 45 * 60)
    try:
        wait_until(lambda: is_all_done(product), seconds=60, what="snooze, reply and retry at their time")
    except TimeoutError:
        pytest.fail(f"not at their time: {done(product)}, {sent(product)}")
    clock.shift(seconds=-HOUR)
    arrive(2)
    clock.shift(seconds=DAY)
    arrive(3)
    assert is_all_done(product), (done(product), sent(product))
    letters = [path for path in (product.home / "practice").rglob("*.eml") if b"Tomorrow." in path.read_bytes()]
    verdict = ledger.judge(mails, product)
    tell(f"from {BEFORE:%d %b %H:%M} UTC back 1 h, forth 1:45 h, back 1 h, forth a day: each thing once; {verdict}")
    assert len(letters) == 1
    assert verdict.is_clean, verdict
    assert installation.rows(product, _BEATS) == [(0,)]


def mails_with_two_quiet_threads(rng: random.Random) -> tuple[list[Mail], list[str]]:
    """Forty mails, and the Message-IDs of two among the first ten that no other mail of the forty answers.

    An answer would rightly wake or return what waits, and that is not what is asked here.
    """
    while True:
        mails = list(generate(40, seed=rng.randrange(10**9)))
        written = Counter(mail.thread for mail in mails)
        quiet = [mail.message_id for mail in mails[:10] if written[mail.thread] == 1]
        if len(quiet) >= 2:
            return mails, quiet[:2]


def done(product) -> dict[str, int]:
    return dict(installation.rows(product, _DONE))


def sent(product) -> list[tuple]:
    return installation.rows(product, _SENT)


def is_all_done(product) -> bool:
    """Woken once, gone out once, and both deliveries taken: one at its first try, one at its second."""
    once = {"conversation.woken": 1, "message.replied": 1}
    return done(product) == once and sent(product) == [("reply", "sent", 1), ("system", "sent", 2)]
