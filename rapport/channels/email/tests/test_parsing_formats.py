"""What other programs wrap mail in: Outlook's files and RTF, signed and encrypted parts, invitations."""

from __future__ import annotations

import base64
import datetime
import struct
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from rapport.channels.email.parsing.cms import content_kind, signed_content
from rapport.channels.email.parsing.mail import parse_mail
from rapport.channels.email.parsing.rtf import read_rtf
from rapport.channels.email.tests.compound import Tree, compound_file

HEAD = b"From: rosa@garden.example\nSubject: Roses\n"
WRAPPED = rb"""{\rtf1\ansi\ansicpg1252\fromhtml1 {\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Cyr;}}
{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Gr\'fc\'dfe \u8364? {\*\htmltag84 &amp;}\htmlrtf &\htmlrtf0 {\f1 \'f0\'ee}\htmlrtf\par}\htmlrtf0
{\*\htmltag72 </p>}}"""


def test_html_wrapped_in_rtf_comes_back_word_for_word() -> None:
    assert read_rtf(WRAPPED) == ("", "<p>Grüße € &amp;ро</p>")


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1{\fonttbl\f0 Arial;}Hello \'e9\par World \emdash  x{\pict 8950}}", "Hello é\nWorld — x"),
        (rb"{\rtf1\ansicpg932 \'83\'6f\'83\'89}", "バラ"),
        (rb"{\rtf1\uc2 a\u252 xxb}", "aüb"),
        (rb"{\rtf1\u-10187?x}", "\ufffdx"),
        (b"{\\rtf1" + b"{" * 100_000 + b"deep", ""),
        (b"no rtf", ""),
    ],
)
def test_text_in_rtf_is_read(rtf: bytes, text: str) -> None:
    assert read_rtf(rtf)[0] == text


def test_a_winmail_with_nothing_but_rtf_is_read(shared_data: Path) -> None:
    raw = (shared_data / "mail/parse/mimekit/tnef/long-filename.tnef").read_bytes()
    part = b"Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(raw)
    inbound = parse_mail(HEAD + part)
    assert "I've attached a temp. license" in inbound.text
    forwarded = b"Content-Type: message/rfc822\n\n" + HEAD + part
    assert len(parse_mail(HEAD + forwarded).attachments) == 1 + len(inbound.attachments)


def winmail(rtf: bytes) -> bytes:
    """A package with nothing but RTF in it, as Outlook stores it when it could not make it smaller."""
    packed = struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf
    packed += bytes(-len(packed) % 4)
    body = struct.pack("<IHHII", 1, 0x0102, 0x1009, 1, len(packed)) + packed
    return b"\x78\x9f\x3e\x22\x01\x00" + struct.pack("<BII", 1, 0x9003, len(body)) + body + b"\0\0"


def test_the_html_in_a_winmails_rtf_is_shown_and_no_file_is_left_over() -> None:
    part = b"Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n"
    inbound = parse_mail(HEAD + part + base64.encodebytes(winmail(WRAPPED)))
    assert (inbound.text, inbound.html) == ("Grüße € &ро", "<p>Grüße € &amp;ро</p>")
    assert inbound.attachments == []


def properties(values: dict[int, int], *, header: int) -> bytes:
    rows = b"".join(struct.pack("<HHIq", 3, tag, 6, value) for tag, value in values.items())
    return bytes(header) + rows


def wide(**texts: str) -> Tree:
    return {f"__substg1.0_{tag[1:]}001F": text.encode("utf-16-le") for tag, text in texts.items()}


def outlook_file(**more: Any) -> bytes:
    inner = wide(x0037="Old letter", x1000="old words") | {"__properties_version1.0": properties({}, header=24)}
    tree = wide(
        x0037="Grüße", x1000="Red ones, please.", x0C1A="Rosa", x5D01="rosa@garden.example", x1035="<o1@x.example>"
    )
    tree["__properties_version1.0"] = properties({0x0039: 134_000_000_000_000_000}, header=32)
    tree["__recip_version1.0_#00000000"] = wide(x3001="Fleur", x39FE="help@florist.example") | {
        "__properties_version1.0": properties({0x0C15: 1}, header=8)
    }
    tree["__attach_version1.0_#00000000"] = wide(x3707="list.pdf", x370E="application/pdf") | {
        "__properties_version1.0": properties({0x3705: 1}, header=8),
        "__substg1.0_37010102": b"petals\0\r\n--x" * 1000,
    }
    tree["__attach_version1.0_#00000001"] = {
        "__properties_version1.0": properties({0x3705: 5}, header=8),
        "__substg1.0_3701000D": inner,
    }
    return compound_file(tree | more)


def test_an_outlook_file_is_read_as_the_mail_it_is() -> None:
    inbound = parse_mail(outlook_file())
    assert inbound.sender is not None
    assert (inbound.sender.email, inbound.sender.name, inbound.subject) == ("rosa@garden.example", "Rosa", "Grüße")
    assert [address.email for address in inbound.to] == ["help@florist.example"]
    assert (inbound.text, inbound.message_id) == ("Red ones, please.", "o1@x.example")
    assert inbound.date is not None
    assert inbound.date.year == 2025
    assert [file.filename for file in inbound.attachments] == ["list.pdf", "Old letter.eml"]
    assert inbound.attachments[0].content == b"petals\0\r\n--x" * 1000
    assert b"old words" in inbound.attachments[1].content
    assert inbound.problems == []


def test_the_headers_an_outlook_file_travelled_with_count_but_not_its_old_mime() -> None:
    travelled = "Received: by mx\r\nFrom: real@garden.example\r\nContent-Type: multipart/mixed;\r\n boundary=gone\r\n"
    inbound = parse_mail(outlook_file(**wide(x007D=travelled)))
    assert inbound.sender is not None
    assert inbound.sender.email == "real@garden.example"
    assert inbound.text == "Red ones, please."


def test_an_attached_outlook_file_stays_one_file() -> None:
    file = outlook_file()
    part = b"Content-Type: application/vnd.ms-outlook; name=old.msg\nContent-Transfer-Encoding: base64\n\n"
    inbound = parse_mail(HEAD + part + base64.encodebytes(file))
    assert [(one.filename, one.content) for one in inbound.attachments] == [("old.msg", file)]


def test_a_damaged_outlook_file_and_an_old_word_document_are_kept_as_files() -> None:
    file = outlook_file()
    for raw in (file[:700], file[:1500] + bytes(3000), compound_file({"WordDocument": b"x" * 5000})):
        inbound = parse_mail(raw)
        assert [one.content for one in inbound.attachments] == [raw]
        assert inbound.problems


INSIDE = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSigned roses\r\n--b\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n--b--\r\n"


@pytest.fixture(scope="module")
def identity() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Rosa")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1)
    day = datetime.timedelta(days=1)
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    return key, builder.not_valid_before(now).not_valid_after(now + 400 * day).sign(key, hashes.SHA256())


def smime(content: bytes) -> bytes:
    kind = b"Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
    return HEAD + kind + base64.encodebytes(content)


def test_what_was_signed_is_read_and_the_signature_kept(identity) -> None:
    key, certificate = identity
    signer = pkcs7.PKCS7SignatureBuilder().set_data(INSIDE).add_signer(certificate, key, hashes.SHA256())
    signed = signer.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    inbound = parse_mail(smime(signed))
    assert inbound.text == "Signed roses"
    assert [file.filename for file in inbound.attachments] == ["smime.p7m", "a.png"]
    assert any("not checked" in problem for problem in inbound.problems)
    detached = signer.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    assert [file.filename for file in parse_mail(smime(detached)).attachments] == ["smime.p7m"]
    for cut in range(0, len(signed), 11):
        content_kind(signed[:cut])
        assert signed_content(signed[:cut]) in (b"", INSIDE)


def test_signed_content_in_pieces_of_open_length_is_joined() -> None:
    oid, data = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")
    pieces = b"".join(b"\x04" + bytes([len(piece)]) + piece for piece in (INSIDE[:50], INSIDE[50:150], INSIDE[150:]))
    content = b"\x30\x80" + data + b"\xa0\x80\x24\x80" + pieces + bytes(6)
    streamed = b"\x30\x80" + oid + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00" + content + bytes(6)
    assert signed_content(streamed) == INSIDE


def test_an_encrypted_mail_says_so_and_is_kept(identity) -> None:
    _, certificate = identity
    sealed = pkcs7.PKCS7EnvelopeBuilder().set_data(INSIDE).add_recipient(certificate)
    inbound = parse_mail(smime(sealed.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])))
    assert [file.filename for file in inbound.attachments] == ["smime.p7m"]
    assert any("encrypted" in problem for problem in inbound.problems)


EVENT = b"""BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
BEGIN:STANDARD
DTSTART:19700101T000000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Tasting\\, red
 and white
DTSTART;TZID=Europe/Berlin:20261109T180000
DTEND;TZID=Europe/Berlin:20261109T200000
LOCATION:Orchard Lane 4\\nGarden
ORGANIZER;CN="Rosa; M":mailto:rosa@garden.example
ATTENDEE;PARTSTAT=ACCEPTED;CN=Tom:mailto:tom@garden.example
BEGIN:VALARM
SUMMARY:wrong
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def invited(event: bytes) -> bytes:
    kind = b"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nPlease come.\n\n-- \nRosa\n"
    return HEAD + kind + b"--b\nContent-Type: text/calendar; charset=utf-8\n\n" + event + b"--b--\n"


def test_an_invitation_is_shown_in_front_and_kept() -> None:
    inbound = parse_mail(invited(EVENT))
    told = "Invitation: Tasting, redand white\nWhen: 2026-11-09 18:00 – 20:00 Europe/Berlin\nWhere: Orchard Lane 4, Garden\n"
    assert inbound.reply_text == f"{told}Organizer: Rosa; M <rosa@garden.example>\n\nPlease come."
    assert [file.filename for file in inbound.attachments] == ["calendar.ics"]


def test_an_answer_to_an_invitation_says_who_comes() -> None:
    text = parse_mail(invited(EVENT.replace(b"REQUEST", b"REPLY"))).text
    assert text.startswith("Answer to an invitation: Tasting")
    assert "Tom <tom@garden.example> accepts" in text


@pytest.mark.parametrize("event", [b"", b"BEGIN:VCALENDAR\nEND:VCALENDAR", b"\xff\0;:=" * 999, b'A;B="' * 9999])
def test_a_calendar_without_an_event_adds_no_words(event: bytes) -> None:
    assert parse_mail(invited(event + b"\n")).text == "Please come.\n\n-- \nRosa"
