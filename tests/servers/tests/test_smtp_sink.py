"""The SMTP sink, driven by the standard library's client."""

from __future__ import annotations

import smtplib

import pytest

from tests.servers.certificates import trusted
from tests.servers.smtp_sink import CLOSE, HANG, SmtpSink

MAIL = b"Subject: hello\r\n\r\n.dot\r\nwords\r\n"


@pytest.fixture
def sink():
    sink = SmtpSink().start()
    yield sink
    sink.stop()


def send(sink, *recipients, **options):
    with smtplib.SMTP(sink.host, sink.port, timeout=options.pop("timeout", 5)) as client:
        return client.sendmail("ada@example.org", recipients or ["bo@example.org"], MAIL)


def test_keeps_the_message_byte_for_byte_with_its_envelope(sink):
    send(sink, "bo@example.org", "cy@example.org")
    (received,) = sink.wait_for(1)
    assert received.content == MAIL
    assert (received.sender, received.recipients) == ("ada@example.org", ["bo@example.org", "cy@example.org"])
    assert sink.commands()[-3:] == ["RCPT", "RCPT", "DATA"]


def test_refuses_one_recipient_and_takes_the_other(sink):
    sink.plan("RCPT", "550 5.1.1 no such user", about="gone@")
    refused = send(sink, "gone@example.org", "bo@example.org")
    assert refused == {"gone@example.org": (550, b"5.1.1 no such user")}
    assert sink.messages[0].recipients == ["bo@example.org"]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "BODY"])
def test_defers_at_any_command_once(sink, command):
    sink.plan(command, "451 4.7.1 try later")
    with pytest.raises(smtplib.SMTPException):
        send(sink)
    assert sink.messages == []
    send(sink)
    assert len(sink.messages) == 1


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA", "BODY"])
def test_closes_the_line_at_any_command(sink, command):
    sink.plan(command, CLOSE)
    with pytest.raises((smtplib.SMTPException, OSError)):
        send(sink)
    assert sink.messages == []


def test_takes_the_message_and_never_says_so(sink):
    sink.plan("BODY", CLOSE, keep=True)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink)
    assert len(sink.messages) == 1


def test_hangs_until_the_client_gives_up(sink):
    sink.plan("DATA", HANG)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        send(sink, timeout=0.3)


def test_is_down_and_comes_back_at_the_same_port(sink):
    sink.stop()
    with pytest.raises(ConnectionError):
        send(sink)
    sink.start()
    send(sink)
    assert len(sink.messages) == 1


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_speaks_tls_and_checks_the_password(tls):
    sink = SmtpSink(tls=tls, users={"ada": "secret"}).start()
    context = trusted().client_context()
    client: smtplib.SMTP
    if tls == "ssl":
        client = smtplib.SMTP_SSL("localhost", sink.port, timeout=5, context=context)
    else:
        client = smtplib.SMTP("localhost", sink.port, timeout=5)
        client.starttls(context=context)
    with client:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("ada", "wrong")
        client.login("ada", "secret")
        client.sendmail("ada@example.org", ["bo@example.org"], MAIL)
    sink.stop()
    assert sink.messages[0].tls
    assert sink.messages[0].user == "ada"


def test_checks_an_xoauth2_token():
    sink = SmtpSink(token_is_valid=lambda user, token: (user, token) == ("ada", "fresh")).start()
    with smtplib.SMTP("localhost", sink.port, timeout=5) as client:
        client.ehlo()
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.auth("XOAUTH2", lambda _=None: "user=ada\x01auth=Bearer stale\x01\x01")
        client.auth("XOAUTH2", lambda _=None: "user=ada\x01auth=Bearer fresh\x01\x01")
        client.sendmail("ada@example.org", ["bo@example.org"], MAIL)
    sink.stop()
    assert sink.messages[0].user == "ada"
