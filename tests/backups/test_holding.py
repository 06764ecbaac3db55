"""A restored copy sends nothing and reads no mailbox until a person releases it."""

from __future__ import annotations

import time

import pytest

from tests.backups import looking
from tests.faults import installation
from tests.servers.ports import wait_until
from tests.servers.product import Product
from tests.servers.smtp_sink import Received, SmtpSink

WRITE = "from tests.backups.furnishing import write_back; write_back('Written in the copy.')"
HELD_REPLY = "SELECT count(*) FROM conversations_message WHERE state = 'held'"


def run_a_while(product: Product) -> None:
    """Running until its outbox had work and time enough to do it, were it allowed to."""
    product.start()
    wait_until(
        lambda: installation.rows(product, HELD_REPLY)[0][0] == 0, seconds=20, what="the held reply being released"
    )
    wait_until(lambda: len(looking.states(product)) > 1, seconds=20, what="it being queued")
    time.sleep(2)


def to_customers(sink: SmtpSink) -> list[Received]:
    """What left, but for mails to colleagues."""
    return [mail for mail in sink.messages if not mail.recipients[0].endswith("@fleur.example")]


@pytest.fixture(autouse=True)
def emptied(sink: SmtpSink) -> None:
    sink.messages.clear()


def test_nothing_leaves_a_restored_copy_until_it_is_released(restored: Product, sink: SmtpSink):
    run_a_while(restored)
    restored.python(WRITE)
    wait_until(lambda: len(looking.states(restored)) == 3, seconds=20, what="the new reply being queued")
    time.sleep(1)
    assert (sink.messages, looking.states(restored)) == ([], ["queued", "queued", "queued"])
    assert installation.rows(restored, "SELECT count(*) FROM outbox_delivery")[0][0] == 3
    assert installation.rows(restored, "SELECT count(*) FROM channels_cursor")[0][0] == 0

    restored.command("restore", "--release")
    wait_until(lambda: "sent" in looking.states(restored), seconds=30, what="the new reply being sent")
    assert [b"Written in the copy." in mail.content for mail in to_customers(sink)] == [True]
    assert looking.states(restored) == ["possibly_sent", "possibly_sent", "sent"]


def test_what_waited_is_sent_when_the_operator_says_that_the_original_never_did(restored: Product, sink: SmtpSink):
    run_a_while(restored)
    restored.command("restore", "--release", "--send-waiting")
    wait_until(lambda: looking.states(restored) == ["sent", "sent"], seconds=30, what="both replies being sent")
    assert len(to_customers(sink)) == 2


def test_the_check_says_that_it_is_on_hold_until_it_is_released(restored: Product):
    held = restored.command("check").stdout
    released = restored.command("restore", "--release").stdout
    assert b"restored copy on hold" in held
    assert b"Released" in released
    assert b"restored copy" not in restored.command("check").stdout
    assert b"was not on hold" in restored.command("restore", "--release").stdout
