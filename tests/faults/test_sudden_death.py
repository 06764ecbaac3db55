"""R-01, R-02: what was acknowledged survives kill -9 at any moment, once, in its own thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pytest

from bench.corpus import Mail, generate
from tests.faults import installation, ledger
from tests.faults.door import PROCESS_ALL, Door, tokens_stored_raw
from tests.faults.killer import Killer
from tests.faults.reporting import size
from tests.faults.source import Source
from tests.servers.fixtures import SHOP


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_mail_survives_kills_at_random_moments(make_installation, dovecot, rng, tell):
    count, kills = size(commit=1000, night=10_000, release=50_000), size(commit=50, night=500, release=3000)
    mails = list(generate(count, seed=rng.randrange(10**9)))
    by_imap, by_door = parted(mails)
    product = make_installation()
    installation.connect_mailbox(product, dovecot)
    installation.start(product)
    source, killer = Source(by_door, installation.door_port(product)), Killer(product, rng)
    source.start()
    for mail in by_imap:
        dovecot.deliver_by_lmtp(mail.sender, [SHOP], mail.raw)

    for number in range(kills):
        killer.wait_for(partial(source.has_sent, (number + rng.random()) * len(by_door) / kills))
        killer.kill()
    source.join(timeout=600)
    installation.wait_until_processed(product, arrivals=count, seconds=300)

    verdict = ledger.judge(mails, product)
    pauses = sorted(pause for moment in killer.moments if (pause := source.first_after(moment)) is not None)
    tell(f"{len(by_door)} mails by LMTP, {len(by_imap)} by IMAP, {kills} kills {dict(killer.killed)}: {verdict}")
    tell(f"accepting again after {pauses[len(pauses) // 2]:.1f} s (median), {pauses[-1]:.1f} s (longest)")
    assert len(source.acknowledged) == len(by_door)
    assert verdict.is_clean, verdict


def parted(mails: Sequence[Mail]) -> tuple[list[Mail], list[Mail]]:
    """A fifth of the threads for the mailbox, the others for the door: a thread keeps its way, and so its order."""
    by_imap = [mail for mail in mails if int(mail.thread[2:], 16) % 5 == 0]
    chosen = {mail.token for mail in by_imap}
    return by_imap, [mail for mail in mails if mail.token not in chosen]


@pytest.mark.timeout(1800)
def test_250_means_stored_when_the_door_dies_around_its_answer(make_installation, rng, tell):
    kills = size(commit=100, night=300, release=1000)
    mails = list(generate(kills, seed=rng.randrange(10**9)))
    product = make_installation()
    door = Door(product)
    acknowledged = []
    for mail in mails:
        if door.hand_over_and_kill(mail, after=rng.uniform(0, 0.03)):
            acknowledged.append(mail)
        else:
            door.hand_over(mail)
    door.close()
    lost = {mail.token for mail in acknowledged} - tokens_stored_raw(product)
    arrivals = installation.rows(product, "SELECT count(*) FROM intake_rawmessage")[0][0]
    product.python(PROCESS_ALL)

    verdict = ledger.judge(mails, product)
    tell(
        f"{kills} kills, {len(acknowledged)} after 250; {arrivals - kills} mails stored before it came twice: {verdict}"
    )
    assert not lost, lost
    assert verdict.is_clean, verdict
