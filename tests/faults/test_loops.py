"""R-14: a storm of machines that answer machines: what leaves by itself is bounded, and every person is heard."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bench.corpus import SHOP, Mail, generate
from rapport.intake.echoing import MOST_A_DAY
from tests.faults import installation, ledger
from tests.faults.reporting import size
from tests.faults.source import Source

_AUTOMATIC = (
    "SELECT recipients, count(*) FROM outbox_delivery WHERE purpose NOT IN ('reply', 'sent_copy') GROUP BY recipients"
)
_HOMES = "SELECT count(DISTINCT conversation_id) FROM conversations_message WHERE sender_email = '{}'"
_ACKNOWLEDGED = (
    "SELECT message.external_id FROM conversations_message message JOIN outbox_delivery d ON d.message_id = message.id "
    "WHERE message.kind = 'automatic' AND CAST(d.recipients AS text) LIKE '%{}%'"
)
_ARRIVED = "SELECT count(*) FROM conversations_message WHERE kind <> 'automatic'"
PER_PEER = 3


@dataclass(frozen=True)
class Machine:
    """One that answers whatever it gets. `headers` are what it says about itself, which may be nothing."""

    address: str
    subject: str
    headers: str = ""
    empty_path: bool = False


MACHINES = (
    Machine("honest@auto.example", "Re: We have received your message", "Auto-Submitted: auto-replied\r\n"),
    Machine("silent@auto.example", "Re: We have received your message"),
    Machine(
        "away@auto.example", "Abwesenheitsnotiz: We have received your message", "X-Auto-Response-Suppress: All\r\n"
    ),
    Machine("holiday@auto.example", "Out of office"),
    Machine("mailer-daemon@auto.example", "Undelivered Mail Returned to Sender", empty_path=True),
    Machine("list@auto.example", "Tulips", "List-Id: <list.auto.example>\r\nPrecedence: bulk\r\n"),
)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_machines_that_answer_each_other_end_soon_and_people_get_through(make_installation, rng, tell):
    storm = size(commit=2000, night=10_000, release=10_000)
    people = list(generate(60, seed=rng.randrange(10**9)))
    product = make_installation()
    installation.start(product)
    # Each machine writes once, so that there is something to answer; then they answer as fast as they can.
    port = installation.door_port(product)
    Source([letter(machine, number, "") for number, machine in enumerate(MACHINES)], port).run()
    installation.wait_until_processed(product, arrivals=len(MACHINES), seconds=120)
    installation.wait_until_reacted(product, seconds=120)
    answered = {machine.address: acknowledgement(product, machine) for machine in MACHINES}
    source = Source([*mixed(storm, people, answered, rng)], port)
    source.run()
    arrivals = len(MACHINES) + storm + len(people)
    installation.wait_until_processed(product, arrivals=arrivals, seconds=600)
    installation.wait_until_reacted(product, seconds=600)

    verdict = ledger.judge(people, product)
    sent = dict(automatic(product))
    homes = {machine.address: installation.rows(product, _HOMES.format(machine.address))[0][0] for machine in MACHINES}
    most = max((sent.get(machine.address, 0) for machine in MACHINES), default=0)
    tell(f"{storm} mails of {len(MACHINES)} machines: at most {most} automatic mails to one; conversations {homes}")
    tell(f"{len(people)} mails of people in between: {verdict}")
    assert most <= PER_PEER, sent
    assert sum(sent.values()) <= len(MACHINES) * PER_PEER + len({mail.sender for mail in people})
    assert verdict.is_clean, verdict
    # A loop fills one conversation, not the list; a mailing list is no loop: each of its mails may be another matter.
    assert all(count <= MOST_A_DAY for address, count in homes.items() if not address.startswith("list")), homes


def mixed(storm: int, people: list[Mail], answered: dict[str, str], rng: random.Random) -> Iterator[Mail]:
    """The storm with the people's mails in it, in their order."""
    places = set(rng.sample(range(storm), len(people)))
    waiting = iter(people)
    for number in range(storm):
        if number in places:
            yield next(waiting)
        machine = rng.choice(MACHINES)
        yield letter(machine, len(MACHINES) + number, answered[machine.address])


def letter(machine: Machine, number: int, answers: str) -> Mail:
    """What a machine sends, as an answer when there is something to answer."""
    reference = f"In-Reply-To: <{answers}>\r\nReferences: <{answers}>\r\n" if answers else ""
    raw = (
        f"From: <{machine.address}>\r\nTo: {SHOP}\r\nSubject: {machine.subject}\r\n"
        f"Message-ID: <{number}@auto.example>\r\nDate: Sun, 22 Nov 2026 10:{number // 60 % 60:02}:{number % 60:02} +0000\r\n"
        f"{reference}{machine.headers}\r\nThis is machine letter {number}.\r\n"
    )
    sender = "" if machine.empty_path else machine.address
    return Mail(number, f"machine-{number}", "", sender, "", bool(answers), False, raw.encode())


def acknowledgement(product, machine: Machine) -> str:
    """The Message-ID of what the machine was told, if anything."""
    for (external_id,) in installation.rows(product, _ACKNOWLEDGED.format(machine.address)):
        return str(external_id)
    return ""


def automatic(product) -> Iterator[tuple[str, int]]:
    """Each recipient of automatic mail and how much of it."""
    for recipients, count in installation.rows(product, _AUTOMATIC):
        yield str(recipients).strip("[]\"' "), count
