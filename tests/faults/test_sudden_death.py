"""R-01, R-02: what was acknowledged survives kill -9 at any moment, once, in its own thread."""

from __future__ import annotations

import pytest

from bench.corpus import generate
from tests.faults import installation, ledger
from tests.faults.killer import Killer
from tests.faults.reporting import size
from tests.faults.source import Source


@pytest.mark.timeout(3600)
def test_mail_survives_kills_at_random_moments(make_installation, rng, tell):
    count, kills = size(commit=1000, night=10_000, release=50_000), size(commit=50, night=500, release=3000)
    mails = list(generate(count, seed=rng.randrange(10**9)))
    product = make_installation()
    product.start()
    source, killer = Source(mails, installation.door_port(product)), Killer(product, rng)
    source.start()

    for number in range(kills):
        due = (number + rng.random()) * count / kills
        killer.wait_for(lambda due=due: len(source.acknowledged) >= due)
        killer.kill()
    source.join(timeout=600)
    installation.wait_until_processed(product, seconds=300)

    verdict = ledger.judge(mails, product)
    pauses = sorted(pause for moment in killer.moments if (pause := source.first_after(moment)) is not None)
    tell(f"{count} mails, {kills} kills {dict(killer.killed)}, {source.tries - count} tried again: {verdict}")
    tell(f"accepting again after {pauses[len(pauses) // 2]:.1f} s (median), {pauses[-1]:.1f} s (longest)")
    assert len(source.acknowledged) == count
    assert verdict.is_clean, verdict
