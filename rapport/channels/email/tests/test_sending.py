"""From an Outbound to a Receipt: the right bytes to the right recipients by the chosen transport."""

from __future__ import annotations

import ipaddress
import json
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from rapport.channels.contract import Address, Outbound, SendFailed
from rapport.channels.email.sending import append_to_sent, send
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import SHOP, SHOP_PASSWORD
from tests.servers.oauth import OAuthProvider
from tests.servers.smtp_sink import SmtpSink

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
CARLA, DAN = Address("carla@example.org", "Carla Conti"), Address("dan@example.net")


def reply(**more: Any) -> Outbound:
    fields: dict[str, Any] = {
        "sender": Address(SHOP, "Ana · Fleur"),
        "to": [CARLA],
        "subject": "Re: Tulips",
        "text": "On their way.\n",
        "html": "<p>On their way.</p>",
        "message_id": "rapport.reply.1@example.org",
        "date": datetime(2026, 6, 1, 10, tzinfo=UTC),
    }
    return Outbound(**fields | more)


def by(sink: SmtpSink, **more: Any) -> dict[str, Any]:
    server = {"host": "127.0.0.1", "port": sink.port, "security": "none"} | more.pop("smtp", {})
    return {"transport": "smtp", "smtp": server, "allow_nets": LOOPBACK, "timeout_seconds": 2.0, **more}


def test_everybody_named_gets_it_and_the_receipt_holds_the_bytes(smtp_sink: SmtpSink):
    receipt = send(reply(cc=[DAN], bcc=[Address("eva@example.org")]), by(smtp_sink))
    assert receipt.accepted == ["carla@example.org", "dan@example.net", "eva@example.org"]
    assert smtp_sink.messages[0].content == receipt.raw
    assert receipt.answer.startswith("250 2.0.0 Ok")


def test_a_given_envelope_counts_alone(smtp_sink: SmtpSink):
    receipt = send(reply(cc=[DAN], envelope_to=["Dan@Example.net"]), by(smtp_sink))
    assert receipt.accepted == ["Dan@Example.net"], "as it was given, so that the outbox finds it again"
    mail = message_from_bytes(receipt.raw, policy=policy.default)
    assert (mail["To"], mail["Cc"]) == ("Carla Conti <carla@example.org>", "dan@example.net")
    assert len(smtp_sink.messages[0].recipients) == 1


def test_bounces_go_to_the_envelope_sender(smtp_sink: SmtpSink):
    send(reply(envelope_from="bounces@example.org"), by(smtp_sink))
    assert smtp_sink.messages[0].sender == "bounces@example.org"


def test_what_nobody_takes_leaves_no_copy(smtp_sink: SmtpSink):
    smtp_sink.plan("RCPT", "550 5.1.1 no such user")
    receipt = send(reply(), by(smtp_sink))
    assert (receipt.accepted, receipt.raw) == ([], b"")
    assert [one.recipient for one in receipt.refused] == ["carla@example.org"]


def test_a_foreign_domain_goes_in_its_ascii_form_and_comes_back_as_it_was(smtp_sink: SmtpSink):
    receipt = send(reply(envelope_to=["carla@bücher.example"]), by(smtp_sink))
    assert receipt.accepted == ["carla@bücher.example"]
    assert smtp_sink.messages[0].recipients == ["carla@xn--bcher-kva.example"]


def test_an_international_address_is_sent_by_smtputf8(smtp_sink: SmtpSink):
    receipt = send(reply(to=[Address("jürgen@example.org")]), by(smtp_sink))
    assert receipt.accepted == ["jürgen@example.org"]


@pytest.mark.parametrize(
    "email", ["no-at-sign", "two@at@signs", "a b@example.org", "x@example.org\r\nRCPT TO:<y@z.org>"]
)
def test_an_impossible_address_is_refused_for_good_before_anything_leaves(smtp_sink: SmtpSink, email: str):
    for message in (reply(to=[Address(email)]), reply(envelope_to=[email]), reply(envelope_from=email)):
        with pytest.raises(SendFailed) as failed:
            send(message, by(smtp_sink))
        assert failed.value.permanent
    assert smtp_sink.messages == []


def test_nobody_to_send_to_is_no_success(smtp_sink: SmtpSink):
    with pytest.raises(SendFailed, match="no recipient"):
        send(reply(to=[]), by(smtp_sink))


def test_an_inbox_without_a_server_says_so():
    with pytest.raises(SendFailed, match="No SMTP server") as failed:
        send(reply(), {"transport": "smtp"})
    assert failed.value.permanent


def test_a_token_of_the_consent_is_used(oauth_provider: OAuthProvider):
    sink = SmtpSink(token_is_valid=oauth_provider.valid).start()
    try:
        options = by(sink, smtp={"user": oauth_provider.user, "auth": "xoauth2"}, oauth=oauth_provider.issue())
        assert send(reply(), options).accepted
        oauth_provider.expire_access_tokens()
        with pytest.raises(SendFailed, match="AUTH: 535"):
            send(reply(), options)
    finally:
        sink.stop()


def test_the_practice_folder_holds_mail_and_envelope(tmp_path: Path):
    receipt = send(reply(bcc=[DAN]), {"transport": "folder", "practice_folder": str(tmp_path / "practice" / "1")})
    [path] = (tmp_path / "practice" / "1").glob("*.eml")
    assert path.read_bytes() == receipt.raw
    envelope = json.loads(path.with_suffix(".json").read_text())
    assert envelope["to"] == receipt.accepted == ["carla@example.org", "dan@example.net"]
    assert (envelope["from"], envelope["message_id"]) == (SHOP, "rapport.reply.1@example.org")


def test_a_repeated_message_lies_in_the_practice_folder_once(tmp_path: Path):
    for _ in range(2):
        send(reply(), {"transport": "folder", "practice_folder": str(tmp_path)})
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_a_practice_folder_that_cannot_be_written_is_temporary(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SendFailed) as failed:
        send(reply(), {"transport": "folder", "practice_folder": str(tmp_path / "file")})
    assert not failed.value.permanent


def test_a_copy_is_filed_in_the_sent_folder(dovecot: Dovecot):
    imap = {"host": "127.0.0.1", "port": dovecot.imap_port, "security": "none", "user": SHOP}
    options = {"imap": imap, "imap_password": SHOP_PASSWORD, "allow_nets": LOOPBACK, "sent_folder": "Sent"}
    for _ in range(2):
        append_to_sent(b"Message-ID: <a@example.org>\r\n\r\nhi\r\n", options)
    assert len(dovecot.uids(SHOP, "Sent")) == 1


def test_a_copy_that_cannot_be_filed_is_a_failure_of_its_own():
    imap = {"host": "127.0.0.1", "port": 1, "security": "none", "user": SHOP}
    with pytest.raises(SendFailed, match="connect"):
        append_to_sent(b"\r\n", {"imap": imap, "allow_nets": LOOPBACK})


def test_without_a_mailbox_there_is_nothing_to_file():
    append_to_sent(b"\r\n", {"sent_folder": "Sent"})
    append_to_sent(b"\r\n", {"transport": "folder", "imap": {"host": "127.0.0.1"}})
