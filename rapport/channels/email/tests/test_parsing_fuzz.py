"""R-10: any bytes in, never an exception out, nothing a database would refuse, and never more time than a mail may take.

`FUZZ_SEED=<number>` breaks the mails in other ways, `FUZZ_MAILS=<number>` more of them; a failure names
the seed of its mail, which replays it.
"""

import json
import os
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.email.parsing.mail import parse_mail
from rapport.channels.email.parsing.report import mail_as_json
from rapport.channels.email.parsing.tnef import read_tnef
from rapport.channels.email.tests import corpus
from rapport.channels.email.tests.test_parsing_dialects import DATA, mails
from rapport.channels.email.tests.test_parsing_edges import CASES
from rapport.channels.email.tests.test_parsing_formats import EVENT, invited, outlook_file, smime
from rapport.intake import budget
from tools.project import CHECKOUT

SEED, MAILS = int(os.environ.get("FUZZ_SEED", "1")), int(os.environ.get("FUZZ_MAILS", "2000"))
SEEDS = [path.read_bytes() for path in sorted((Path(__file__).parent / "data").rglob("*.eml"))]
PIECES = [
    b"From: ", b"\n", b"\r\n", b"Content-Type: multipart/mixed; boundary=b\n", b"--b\n", b"--b--\n", b"=?utf-8?q?", b"?=",
    b"<a@b.example>", b'"', b"(", b"Content-Transfer-Encoding: base64\n", b"Content-Type: text/html; charset=utf-7\n",
    b"Content-Type: message/rfc822\n", b"Content-Type: application/ms-tnef\n", b"x\x9f>\x22", b"<div>", b"begin 644 a\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%", b"Content-Type: message/delivery-status\n", b"\0", b"\xff",
    b"Final-Recipient: rfc822; a@b\n", b"Action: failed\n", b"Status: 5.1.1\n", b"Date: ", b"9" * 50, b";", b"\n\n",
]  # fmt: skip


def check(raw: bytes) -> None:
    inbound = parse_mail(raw)
    assert not [problem for problem in inbound.problems if "Error" in problem]
    told = json.dumps(mail_as_json(inbound), ensure_ascii=False)
    told.encode("utf-8")
    assert "\\u0000" not in told
    assert all(file.filename for file in inbound.attachments)
    assert all("\n" not in address.name + address.email for address in [*inbound.to, *inbound.cc, *inbound.reply_to])


@given(st.binary(max_size=2000))
def test_any_bytes(raw):
    check(raw)


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), max_size=60))
def test_pieces_of_mail_in_any_order(pieces):
    check(b"".join(pieces))


@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(PIECES), st.integers(0, 40)), max_size=8),
)
@settings(max_examples=300)
def test_real_mails_with_pieces_put_in_and_cut_out(seed, changes):
    for place, piece, cut in changes:
        at = int(place * len(seed))
        seed = seed[:at] + piece + seed[at + cut :]
    check(seed)


@given(st.binary(max_size=500))
def test_any_tnef(data):
    read_tnef(b"\x78\x9f\x3e\x22\x01\x00" + data)


@pytest.fixture(scope="module")
def originals() -> list[bytes]:
    """Every mail the tests know: the public ones if they are here, the odd ones, the bounces, what Outlook wraps."""
    public = [path.read_bytes() for path in corpus.mail_files(CHECKOUT.parent / "shared" / "data")]
    bounces = [raw for path in DATA.glob("*.txt") for _, _, raw in mails(path)]
    wrapped = [outlook_file(), invited(EVENT), smime(bytes.fromhex("308006092a864886f70d010702a080") * 20)]
    return [raw for raw in [*public, *bounces, *wrapped, *(case[0] for case in CASES.values())] if len(raw) < 300_000]


def broken(raw: bytes, other: bytes, rng: random.Random) -> bytes:
    """A mail changed in one to six places, most of them near its headers, where the structure is."""
    for _ in range(rng.randint(1, 6)):
        end = len(raw) if rng.random() < 0.4 else min(len(raw), 2000)
        at, length = rng.randint(0, end), rng.choice((0, 1, 2, 8, 60, 500))
        put = rng.choice(
            (b"", rng.randbytes(rng.randint(1, 8)), rng.choice(PIECES), other[at : at + length], raw[:at][-length:])
        )
        raw = raw[:at] + put + raw[at + length :]
    return raw


def test_two_thousand_broken_mails(originals: list[bytes]) -> None:
    for number in range(SEED * 1_000_000, SEED * 1_000_000 + MAILS):
        rng = random.Random(number)
        raw = broken(rng.choice(originals), rng.choice(originals), rng)
        began = time.process_time()
        try:
            check(raw)
        except Exception as error:
            raise AssertionError(f"mail {number}: {error!r}") from error
        assert time.process_time() - began < budget.cpu_seconds(len(raw)), f"mail {number}"
