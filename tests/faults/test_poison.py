"""R-09: no message can block the line. Poisons stand in front of good mails; all good ones come through."""

from __future__ import annotations

import smtplib
import time

import pytest

from bench.corpus import SHOP, generate
from tests.faults import installation, ledger
from tests.faults.poisons import poisons
from tests.faults.reporting import size
from tests.faults.source import Source

_OUTCOMES = "SELECT state, count(*), count(conversation_id) FROM intake_rawmessage GROUP BY state"


@pytest.mark.timeout(1800)
def test_poison_in_front_of_good_mail_blocks_nothing(make_installation, rng, tell):
    bad, good = size(commit=40, night=200, release=200), size(commit=200, night=1000, release=1000)
    product = make_installation()
    installation.start(product)
    port = installation.door_port(product)
    with smtplib.LMTP("127.0.0.1", port, timeout=60) as door:
        for _name, raw in poisons(bad, rng):
            door.sendmail("m@bad.example", [SHOP], raw)
    mails = list(generate(good, seed=rng.randrange(10**9)))
    started = time.monotonic()
    source = Source(mails, port)
    source.start()
    source.join(timeout=120)
    installation.wait_until_processed(product, arrivals=bad + good, seconds=600)

    tell(f"{bad} poisons, then {good} good mails, all in their conversations {time.monotonic() - started:.0f} s later")
    outcomes = installation.rows(product, _OUTCOMES)
    tell(f"states of the arrivals: {sorted(outcomes)}")
    assert ledger.judge(mails, product).is_clean
    assert sum(count for _, count, _ in outcomes) == bad + good
    assert all(visible == count for _, count, visible in outcomes), "an arrival is in no conversation"
