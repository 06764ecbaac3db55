"""SEC-21: ten thousand letters in which everything that people write is hostile, as a real server hears them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from ipaddress import ip_network

import pytest

from rapport.channels.contract import Address, Attachment, Outbound
from rapport.channels.email.composing import compose, recipients
from rapport.channels.email.reaching import Server
from rapport.channels.email.smtp import SmtpLine
from tests.servers.scripted_smtp import ScriptedSmtp

LETTERS, A_SESSION = 10_000, 1_000
EVE = "eve@evil.example"
PIECES = [
    "\r\n", "\n", "\r", "\0", "\t", "\x0b", "\x0c", "\x85", "\u2028", "\u202e", "\ud800", " ", ",", ";", ":", "<", ">", '"', "'", "\\", "(", ")", "=",
    "?", "@", ".", "..", "\r\n.\r\n", "\n.\n", "\r\n\r\n", "Bcc: ", f"Bcc: {EVE}", f"\r\nBcc: {EVE}", f"\nTo: {EVE}", f"RCPT TO:<{EVE}>", f"MAIL FROM:<{EVE}>",
    "DATA", "QUIT", "RSET", f"<{EVE}>", f'"><{EVE}>, "', "=?utf-8?q?x=0D=0ABcc:_eve=40evil.example?=", "=?utf-8?b?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=", "=?", "?=",
    "Rosa", "Müller", "花", "🌹", "é" * 80, "a" * 400, "{{customer.name}}", "%0d%0aBcc:", "--", "Content-Type: text/html", "boundary=x", "\r\n--x\r\n",
]  # fmt: skip
HEADERS = [
    "From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
]  # fmt: skip
ROSA, TOM, KIM = "rosa@garden.example", "tom@x.example", "kim@y.example"
HELP = "help@florist.example"


@pytest.fixture
def server() -> Iterator[ScriptedSmtp]:
    smtp = ScriptedSmtp(extensions=[b"SIZE 50000000", b"8BITMIME"])
    smtp.start()
    yield smtp
    smtp.stop()


def letter(rng: random.Random) -> Outbound:
    """A letter to three people; every text in it is made of pieces that want to be more than text."""

    def text() -> str:
        return "".join(rng.choices(PIECES, k=rng.randint(1, 6)))

    return Outbound(
        sender=Address(HELP, text()),
        to=[Address(ROSA, text())],
        cc=[Address(TOM, text())],
        bcc=[Address(KIM, text())],
        reply_to=Address(HELP, text()),
        subject=text(),
        text=text(),
        html=f"<p>{text()}</p>",
        message_id="m1@florist.example",
        in_reply_to=text(),
        references=[text(), text()],
        attachments=[Attachment(text(), text(), 0, "", b"x", cid=text())] if rng.random() < 0.2 else [],
        date=datetime(2026, 11, 2, 9, tzinfo=UTC),
    )


@pytest.mark.any_database
def test_ten_thousand_hostile_letters_have_the_headers_and_recipients_that_were_meant(server):
    rng = random.Random(21)
    wrong = []
    for _ in range(LETTERS // A_SESSION):
        server.taken.clear()
        with SmtpLine(Server("127.0.0.1", server.port, "none", allow_nets=[ip_network("127.0.0.0/8")])) as line:
            for _ in range(A_SESSION):
                sent = letter(rng)
                line.hand_over(compose(sent), sender=HELP, recipients=recipients(sent))
        assert len(server.taken) == A_SESSION
        wrong += [one for one in server.taken if not is_as_meant(one.sender, one.recipients, one.content)]
    assert wrong == []


def is_as_meant(sender: str, to: list[str], content: bytes) -> bool:
    """The envelope, and each header at most once and none but ours; who is on blind copy stands nowhere."""
    message = message_from_bytes(content)
    names = message.keys()
    return (
        sender == HELP
        and sorted(to) == sorted([ROSA, TOM, KIM])
        and len(set(names)) == len(names)
        and set(names) <= set(HEADERS)
        and KIM.encode() not in content.partition(b"\r\n\r\n")[0]
    )
