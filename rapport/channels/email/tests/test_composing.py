"""What goes out holds exactly the headers and recipients that were meant, whatever people wrote into them."""

import email
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.channels.contract import Address, Attachment, Outbound
from rapport.channels.email.composing import UnusableAddress, UnusableMessageId, compose, one_line, recipients
from rapport.channels.email.parsing.addresses import clean_name
from rapport.channels.email.parsing.mail import parse_mail

HELP, ROSA, TOM = (
    Address("help@florist.example", "Florist"),
    Address("rosa@garden.example", "Rosa"),
    Address("tom@x.example"),
)
LETTER = Outbound(
    sender=HELP,
    to=[ROSA],
    subject="Your roses",
    text="They are on their way.",
    html="<p>They are on their way.</p>",
    message_id="m1@florist.example",
    date=datetime(2026, 11, 2, 9, tzinfo=UTC),
)
ANY_TEXT = st.text(max_size=300) | st.text(alphabet="\r\n\0 :<>@,;\"'()=?_\\abcBö\u2028\ud800Q", max_size=80)


def sent_headers(raw: bytes) -> list[str]:
    return email.message_from_bytes(raw).keys()


def test_text_and_html_come_back_as_they_were():
    inbound = parse_mail(compose(LETTER))
    assert (inbound.text, inbound.html.strip()) == (LETTER.text, LETTER.html)
    assert (inbound.sender, inbound.to, inbound.subject, inbound.date) == (HELP, [ROSA], LETTER.subject, LETTER.date)
    assert inbound.message_id == LETTER.message_id
    assert inbound.problems == []


def test_any_language_comes_back():
    letter = replace(
        LETTER,
        subject="Grüße 花 " * 20,
        text="Grüße 花\n.\nFrom here\n" * 3,
        html="",
        to=[Address("a@b.example", "花 «Lind, Rosa»")],
    )
    inbound = parse_mail(compose(letter))
    assert (inbound.subject, inbound.text, inbound.to) == (letter.subject.strip(), letter.text.strip(), letter.to)


def test_files_and_inline_images_come_back():
    files = [
        Attachment("Grüße, 花 " * 9 + ".pdf", "application/pdf", 0, "", b"\0\xff" * 999),
        Attachment("plain.txt", "text/plain", 0, "", b"hello"),
        Attachment("logo.png", "image/png", 0, "", b"petal", "logo@florist.example", True),
    ]
    inbound = parse_mail(compose(replace(LETTER, html='<img src="cid:logo@florist.example">', attachments=files)))
    got = {file.filename: (file.mime, file.content, file.cid) for file in inbound.attachments}
    assert got == {" ".join(file.filename.split()): (file.mime, file.content, file.cid) for file in files}
    assert inbound.text == LETTER.text


def test_bcc_is_in_the_envelope_only():
    letter = replace(LETTER, bcc=[Address("secret@x.example")], cc=[TOM])
    assert recipients(letter) == ["rosa@garden.example", "tom@x.example", "secret@x.example"]
    assert b"secret" not in compose(letter)


def test_threading_headers_stay_short():
    letter = replace(
        LETTER, in_reply_to="r99@x", references=[f"r{number}@x" for number in range(100)] + ["a b@x", "x\r\nBcc: y@z"]
    )
    inbound = parse_mail(compose(letter))
    assert inbound.in_reply_to == "r99@x"
    assert (inbound.references[0], inbound.references[-1], len(inbound.references)) == ("r0@x", "r99@x", 20)


def test_automatic_mail_says_so_and_other_mail_does_not():
    names = {"Auto-Submitted", "X-Auto-Response-Suppress", "Precedence"}
    assert names <= set(sent_headers(compose(replace(LETTER, automatic=True))))
    assert not names & set(sent_headers(compose(LETTER)))
    assert parse_mail(compose(replace(LETTER, automatic=True))).auto_submitted


def test_the_same_message_gives_the_same_bytes():
    assert compose(LETTER) == compose(replace(LETTER))


def test_no_line_is_longer_than_servers_take_and_all_end_in_crlf():
    letter = replace(
        LETTER, subject="x" * 3000, text="y" * 5000 + "\nö", to=[ROSA] * 200, references=["z" * 400 + "@x"] * 9
    )
    raw = compose(letter)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert not set(b"\r\n") & set(raw.replace(b"\r\n", b""))


@pytest.mark.parametrize(
    "address",
    ["", "rosa", "rosa@", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "<a@b.example>", "a b@c.example",
     "a@b.example\0", "Rosa <a@b.example>", "a@b.example (x)", "a@" + "b" * 300 + ".example", "=?utf-8?q?a?=@b.example"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(UnusableAddress):
        compose(replace(LETTER, cc=[Address(address)]))


@pytest.mark.parametrize("identity", ["", "no-at", "a b@x", "a@x\r\nBcc: y@z", "ä@x"])
def test_a_broken_message_id_of_our_own_is_refused(identity):
    with pytest.raises(UnusableMessageId):
        compose(replace(LETTER, message_id=identity))


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_no_text_becomes_a_header_or_a_recipient(subject, name, filename, reference):
    letter = replace(
        LETTER,
        subject=subject,
        sender=Address(HELP.email, name),
        to=[Address(ROSA.email, name), TOM],
        reply_to=Address(HELP.email, name),
        in_reply_to=reference,
        references=[reference],
        attachments=[Attachment(filename, filename, 0, "", b"x", cid=reference)],
    )
    raw = compose(letter)
    known = [
        "From",
        "Reply-To",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "MIME-Version",
        "Content-Type",
    ]
    headers = sent_headers(raw)
    assert [header for header in known if header in headers] == headers
    inbound = parse_mail(raw)
    assert [address.email for address in inbound.to] == [ROSA.email, TOM.email]
    assert (inbound.sender and inbound.sender.email, inbound.cc) == (HELP.email, [])
    assert len(inbound.attachments) == 1
    assert inbound.text == LETTER.text


@given(ANY_TEXT)
def test_names_and_subjects_survive_the_way(text):
    inbound = parse_mail(compose(replace(LETTER, subject=text, to=[Address(ROSA.email, text)])))
    shown = clean_name(one_line(text))
    assert clean_name(inbound.subject) == shown
    assert inbound.to[0].name == shown


@given(ANY_TEXT)
def test_any_address_is_sent_as_it_is_or_refused(text):
    for address in (text, f"{text}@b.example", f"a@{text}"):
        try:
            raw = compose(replace(LETTER, to=[Address(address)]))
        except UnusableAddress:
            continue
        assert len(parse_mail(raw).to) == 1
        assert sent_headers(raw) == sent_headers(compose(LETTER))
