"""Any bytes in, never an exception out, and nothing a database would refuse."""

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.email.parsing.mail import parse_mail
from rapport.channels.email.parsing.report import mail_as_json
from rapport.channels.email.parsing.tnef import read_tnef

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
