"""R-09: no message can block the line. Poisons stand in front of good mails; all good ones come through."""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from bench.corpus import SHOP, generate
from tests.faults import installation, ledger
from tests.faults.poisons import poisons
from tests.faults.reporting import size
from tests.faults.source import Source
from tests.servers.ports import wait_until
from tests.servers.product import Product

_OUTCOMES = "SELECT state, count(*), count(conversation_id) FROM intake_rawmessage GROUP BY state"


_NOTICES = (
    "SELECT stored.sha256 FROM conversations_message AS message "
    "JOIN files_attachment AS file ON file.message_id = message.id "
    "JOIN files_storedfile AS stored ON stored.id = file.stored_id WHERE message.kind = 'notice'"
)


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


def test_a_mail_that_kills_whoever_reads_it_is_shown_with_its_raw_file_and_blocks_nothing(make_installation, rng, tell):
    product = make_installation()
    installation.start(product)
    port = installation.door_port(product)
    raw = next(generate(1, seed=rng.randrange(10**9))).raw
    with readers_die(product) as deaths, smtplib.LMTP("127.0.0.1", port, timeout=60) as door:
        door.sendmail("m@bad.example", [SHOP], raw)
        wait_until(lambda: bool(installation.rows(product, _NOTICES)), seconds=60, what="a notice of the deadly mail")
    mails = list(generate(20, seed=rng.randrange(10**9)))
    source = Source(mails, port)
    source.start()
    source.join(timeout=60)
    installation.wait_until_processed(product, arrivals=21, seconds=120)

    tell(f"parked after {len(deaths)} of its readers had died; {len(mails)} good mails came through")
    assert ledger.judge(mails, product).is_clean
    [(digest,)] = installation.rows(product, _NOTICES)
    assert (product.home / "files" / digest[:2] / digest).read_bytes() == raw


@contextmanager
def readers_die(product: Product) -> Iterator[list[int]]:
    """Kill every parse child as soon as it appears, until the block ends; yields the ids of the dead."""
    deaths: list[int] = []
    over = threading.Event()

    def lurk() -> None:
        while not over.wait(0.01):
            with suppress(LookupError, ProcessLookupError):
                deaths.append(product.kill("rapport.intake.child"))

    lurking = threading.Thread(target=lurk, daemon=True)
    lurking.start()
    try:
        yield deaths
    finally:
        over.set()
        lurking.join()
