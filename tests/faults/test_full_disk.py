"""R-07: a full disk loses nothing and breaks nothing: mail stays where it is, pages are still read, and all goes on.

The disk is a tmpfs of 64 MB with everything of the installation on it: files, logs, and on SQLite the database with its
journal. On PostgreSQL the server's own disk is another one.
"""

from __future__ import annotations

import re
import shutil
import smtplib
import threading
from contextlib import suppress
from functools import partial

import pytest

from bench.client import Client
from bench.corpus import SHOP, generate
from tests.faults import installation, ledger
from tests.faults.reporting import size
from tests.faults.source import Source
from tests.servers.ports import wait_until
from tests.servers.scripted_imap import ScriptedImap
from tests.servers.small_disk import SmallDisk

_MAILBOX = """
from rapport.channels.models import Inbox
from rapport.channels.secrets import write_secrets
from rapport.people.models import Team
imap = {{"host": "127.0.0.1", "port": {port}, "security": "none", "user": "box", "auth": "password",
         "folders": ["INBOX"], "start": "all", "after": "leave"}}
inbox = Inbox.objects.create(name="Box", address="box@florist.example", team=Team.objects.get(),
                             settings={{"transport": "folder", "imap": imap}})
write_secrets(inbox, {{"imap_password": "secret"}})
"""


@pytest.fixture
def disk(tmp_path):
    disk = SmallDisk(tmp_path / "disk", megabytes=64)
    yield disk
    disk.remove()


@pytest.fixture
def on_disk(disk):
    """An installation that has nothing but the small disk."""
    product = installation.prepare(disk.path / "installation")
    yield product
    product.remove()
    shutil.rmtree(disk.path / "installation", ignore_errors=True)


@pytest.fixture
def mailbox():
    server = ScriptedImap(password="secret")
    server.start()
    yield server
    server.stop()


@pytest.mark.timeout(900)
def test_a_full_disk_is_said_keeps_mail_outside_and_goes_on_when_there_is_room(disk, on_disk, mailbox, rng, tell):
    mails = list(generate(60, seed=rng.randrange(10**9)))
    on_disk.python(_MAILBOX.format(port=mailbox.port))
    installation.add_agent(on_disk, role="owner")
    installation.start(on_disk)
    agent = Client(on_disk, installation.AGENT, patience=20)
    before, by_door, by_imap = mails[:20], mails[20:40], mails[40:]
    source = Source(before, installation.door_port(on_disk))
    source.run()
    installation.wait_until_processed(on_disk, arrivals=20, seconds=120)

    disk.fill()
    assert refusals(on_disk, by_door[:5]) == {452}
    for mail in by_imap:
        mailbox.add(mail.raw)
    # Once, for a lease has to be written before it is tried again, and there may be no room for that.
    wait_until(lambda: tries_of_mailbox(mailbox) > 0, seconds=120, what="the mailbox being tried")
    assert b"#1" in agent.get("page", "/inbox/?view=open")
    assert arrivals(on_disk) == 20, "something was taken in half"
    assert re.search(rb"disk[^.]{0,60}full", agent.get("status", "/status/")), "nobody is told"

    disk.free()
    source = Source(by_door, installation.door_port(on_disk))
    source.run()
    installation.wait_until_processed(on_disk, arrivals=60, seconds=180)
    verdict = ledger.judge(mails, on_disk)
    tell(f"64 MB filled to 0: 452 at the door, the mailbox stood still, pages were read; then {verdict}")
    assert verdict.is_clean, verdict


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_filled_again_and_again_while_mail_arrives_nothing_is_lost(disk, on_disk, rng, tell):
    mails = list(generate(size(commit=200, night=5000, release=20_000), seed=rng.randrange(10**9)))
    installation.start(on_disk)
    source = Source(mails, installation.door_port(on_disk))
    source.start()
    times = size(commit=5, night=100, release=400)
    for number in range(times):
        wait_until(partial(source.has_sent, (number + 0.5) * len(mails) / times), seconds=120, what="mail")
        tries = source.tries
        over = threading.Event()
        leave = rng.choice([0, 5_000, 50_000, 200_000]) if number else 0  # full for a mail at least once
        filler = threading.Thread(target=keep_full, args=(disk, leave, over))
        filler.start()
        with suppress(TimeoutError):  # with some room left the mail may all fit
            wait_until(partial(has_tried, source, tries + 20), seconds=4, what="tries")
        over.set()
        filler.join()
        disk.free()
    source.join(timeout=600)
    installation.wait_until_processed(on_disk, arrivals=len(mails), seconds=300)
    verdict = ledger.judge(mails, on_disk)
    tell(f"{len(mails)} mails, the disk filled {times} times, {source.tries - len(mails)} refusals: {verdict}")
    assert source.tries > len(mails), "the disk was never full for a mail"
    assert len(source.acknowledged) == len(mails)
    assert verdict.is_clean, verdict
    assert on_disk.command("check").returncode in (0, 1)


def has_tried(source: Source, tries: int) -> bool:
    return source.tries > tries


def keep_full(disk: SmallDisk, leave: int, over: threading.Event) -> None:
    while not over.wait(0.02):
        disk.fill(leave=leave)


def refusals(product, mails) -> set[int]:
    """What the door answers to these."""
    codes = set()
    for mail in mails:
        with smtplib.LMTP("127.0.0.1", installation.door_port(product), timeout=60) as door:
            try:
                door.sendmail(mail.sender, [SHOP], mail.raw)
                codes.add(250)
            except smtplib.SMTPRecipientsRefused as refused:
                codes |= {code for code, _ in refused.recipients.values()}
            except smtplib.SMTPResponseException as refused:
                codes.add(refused.smtp_code)
    return codes


def tries_of_mailbox(mailbox: ScriptedImap) -> int:
    """How often the first of its mails was fetched."""
    return sum("FETCH" in line and "BODY" in line for line in mailbox.said())


def arrivals(product) -> int:
    return int(installation.rows(product, "SELECT count(*) FROM intake_rawmessage")[0][0])
