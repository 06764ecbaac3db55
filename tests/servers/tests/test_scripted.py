"""The scripted servers: honest by default, broken at exactly the step a test asks for."""

from __future__ import annotations

import imaplib
import smtplib
import socket

import pytest
from imapclient import IMAPClient

from tests.servers.scripted_imap import ScriptedImap
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.servers.scripting import Drop, Hang, Say, ScriptedServer

MAIL = b"From: ada@example.org\r\nSubject: roses\r\n\r\n" + b"red ones\r\n" * 40


@pytest.fixture
def smtp():
    server = ScriptedSmtp().start()
    yield server
    server.stop()


@pytest.fixture
def imap():
    server = ScriptedImap()
    server.start()
    yield server
    server.stop()


def send(server):
    with smtplib.SMTP(server.host, server.port, timeout=2) as client:
        client.sendmail("ada@example.org", ["bo@example.org"], MAIL)


def fetch(server):
    with IMAPClient(server.host, server.port, ssl=False, timeout=2) as client:
        client.login("shop", "secret")
        client.select_folder("INBOX", readonly=True)
        uids = client.search(["UID", "1:*"])
        return {uid: parts[b"BODY[]"] for uid, parts in client.fetch(uids, ["BODY.PEEK[]"]).items()}


def test_smtp_takes_a_message(smtp):
    send(smtp)
    assert [(t.sender, t.recipients, t.content, t.acknowledged) for t in smtp.taken] == [
        ("ada@example.org", ["bo@example.org"], MAIL, True)
    ]


def test_smtp_can_be_dropped_at_every_step(smtp):
    send(smtp)
    steps = smtp.steps - 1  # after the last, QUIT, the client no longer cares
    for step in range(1, steps + 1):
        smtp.at_step(step, Drop(reset=step % 2 == 0))
        with pytest.raises((smtplib.SMTPException, OSError)):
            send(smtp)
        smtp.rewind()
    assert [taken.acknowledged for taken in smtp.taken] == [True, False]


def test_smtp_lies_tears_and_hangs(smtp):
    smtp.at("MAIL", Say(b"999 \xff what"))
    smtp.at("DATA", Drop(after=3))
    smtp.at("RCPT", Hang())
    for _ in range(3):
        with pytest.raises((smtplib.SMTPException, OSError)):
            send(smtp)
    send(smtp)
    assert len(smtp.taken) == 1


def test_smtp_speaks_starttls(smtp):
    with smtplib.SMTP("localhost", smtp.port, timeout=2) as client:
        client.starttls(context=smtp.certificates.client_context())
        client.login("ada", "secret")
        client.sendmail("ada@example.org", ["bo@example.org"], MAIL)
    assert "secret" not in str(smtp.ledger)


def test_imap_serves_two_mail_programs_alike(imap):
    uid = imap.add(MAIL)
    assert fetch(imap) == {uid: MAIL}
    client = imaplib.IMAP4(imap.host, imap.port, timeout=2)
    client.login("shop", "secret")
    client.select("INBOX")
    assert client.uid("FETCH", "1", "(RFC822.SIZE BODY.PEEK[]<10.20>)")[1][0][1] == MAIL[10:30]
    client.logout()


def test_imap_can_be_dropped_at_every_step(imap):
    imap.add(MAIL)
    fetch(imap)
    steps = imap.steps - 1  # after the last, LOGOUT, the client no longer cares
    for step in range(1, steps + 1):
        imap.at_step(step, Drop())
        with pytest.raises((imaplib.IMAP4.error, OSError)):
            fetch(imap)
        imap.rewind()
    assert fetch(imap) == {1: MAIL}


def test_imap_tears_a_mail_in_the_middle(imap):
    imap.add(MAIL)
    imap.at("FETCH", Drop(after=120))
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        fetch(imap)


def test_imap_lies_about_a_size_and_renumbers(imap):
    imap.add(b"x")
    imap.folders["INBOX"].mails.clear()
    imap.add(MAIL, claimed_size=10**12)
    with IMAPClient(imap.host, imap.port, ssl=False, timeout=2) as client:
        client.login("shop", "secret")
        client.select_folder("INBOX")
        assert client.fetch([2], ["RFC822.SIZE"])[2][b"RFC822.SIZE"] == 10**12
        imap.renumber()
        assert client.folder_status("INBOX")[b"UIDVALIDITY"] == 2
    assert fetch(imap) == {1: MAIL}


def test_imap_tells_of_new_mail_while_idle_and_moves_it(imap):
    with IMAPClient(imap.host, imap.port, ssl=False, timeout=2) as client:
        client.login("shop", "secret")
        client.select_folder("INBOX")
        client.idle()
        imap.add(MAIL)
        assert client.idle_check(timeout=2) == [(1, b"EXISTS")]
        client.idle_done()
        client.move([1], "Done")
        client.append("Sent", MAIL) if client.create_folder("Sent") else None
    assert [list(folder.mails.values()) != [] for folder in imap.folders.values()] == [False, True, True]
    assert imap.folders["Sent"].mails[1].raw == MAIL


def test_imap_over_tls_and_a_line_lost_while_idle():
    server = ScriptedImap(implicit_tls=True)
    server.start()
    client = IMAPClient("localhost", server.port, ssl_context=server.certificates.client_context(), timeout=2)
    client.login("shop", "secret")
    client.select_folder("INBOX")
    client.idle()
    server.drop_all()
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        client.idle_check(timeout=2) or client.idle_done()
    server.stop()


def test_imap_refuses_a_wrong_password_and_takes_a_token(imap):
    imap.password = "secret"
    with IMAPClient(imap.host, imap.port, ssl=False, timeout=2) as client:
        client.oauth2_login("shop", "secret")
    with IMAPClient(imap.host, imap.port, ssl=False, timeout=2) as client, pytest.raises(imaplib.IMAP4.error):
        client.login("shop", "wrong")


def test_a_script_may_drive_the_wire_itself():
    def script(wire):
        wire.send(b"hello")
        assert wire.receive() == b"who"
        wire.send(b"nobody")

    server = ScriptedServer(script=script).start()
    with socket.create_connection((server.host, server.port), timeout=2) as client:
        client.sendall(b"who\r\n")
        heard = b""
        while data := client.recv(100):
            heard += data
    server.stop()
    assert heard == b"hello\r\nnobody\r\n"
