"""The real Dovecot, driven by the standard library's clients."""

from __future__ import annotations

import imaplib
import ssl

import pytest

from tests.servers.fixtures import SHOP, SHOP_PASSWORD

MAIL = b"From: ada@example.org\r\nSubject: roses\r\n\r\nred ones\r\n"


def test_keeps_a_mail_byte_for_byte_unseen(dovecot):
    uid = dovecot.deliver(SHOP, MAIL)
    assert dovecot.raw(SHOP, uid) == MAIL
    assert "\\Seen" not in dovecot.flags(SHOP, uid)


def test_delivers_by_lmtp_with_a_detail_address(dovecot):
    dovecot.deliver_by_lmtp("ada@example.org", ["shop+17@example.org"], MAIL)
    (uid,) = dovecot.uids(SHOP)
    assert dovecot.raw(SHOP, uid).endswith(b"red ones\r\n")


def test_flags_moves_and_deletes(dovecot):
    first, second = dovecot.deliver(SHOP, MAIL), dovecot.deliver(SHOP, MAIL)
    dovecot.flag(SHOP, first, "\\Seen")
    assert "\\Seen" in dovecot.flags(SHOP, first)
    dovecot.move(SHOP, first, "Done/2026")
    dovecot.delete(SHOP, second)
    assert (dovecot.uids(SHOP), len(dovecot.uids(SHOP, "Done/2026"))) == ([], 1)
    assert {"INBOX", "Sent", "Done/2026"} <= set(dovecot.folders(SHOP))


@pytest.mark.parametrize("folder", ["INBOX", "Orders/new"])
def test_changes_uidvalidity_and_keeps_the_mail(dovecot, folder):
    dovecot.deliver(SHOP, b"Subject: lost\r\n\r\n\r\n", folder=folder)
    uid = dovecot.deliver(SHOP, MAIL, folder=folder)
    dovecot.delete(SHOP, 1, folder)
    before = dovecot.uidvalidity(SHOP, folder)
    after = dovecot.renumber(SHOP, folder)
    assert after == dovecot.uidvalidity(SHOP, folder) != before
    assert (uid, dovecot.uids(SHOP, folder)) == (2, [1])
    assert dovecot.raw(SHOP, 1, folder) == MAIL


def test_a_restart_loses_connections_and_no_mail(dovecot):
    dovecot.deliver(SHOP, MAIL)
    client = imaplib.IMAP4(dovecot.host, dovecot.imap_port, timeout=5)
    dovecot.restart()
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        client.login(SHOP, SHOP_PASSWORD)
    assert len(dovecot.uids(SHOP)) == 1


def test_speaks_tls_with_a_certificate_only_its_authority_vouches_for(dovecot):
    context = dovecot.certificates.client_context()
    client = imaplib.IMAP4_SSL("localhost", dovecot.imaps_port, ssl_context=context, timeout=5)
    assert client.login(SHOP, SHOP_PASSWORD)[0] == "OK"
    client.logout()
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL("localhost", dovecot.imaps_port, ssl_context=ssl.create_default_context(), timeout=5)


def test_starttls_works_on_the_plain_port(dovecot):
    client = imaplib.IMAP4("localhost", dovecot.imap_port, timeout=5)
    client.starttls(dovecot.certificates.client_context())
    assert client.login(SHOP, SHOP_PASSWORD)[0] == "OK"
    client.logout()


def test_refuses_a_wrong_password(dovecot):
    client = imaplib.IMAP4(dovecot.host, dovecot.imap_port, timeout=10)
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        client.login(SHOP, "wrong")


def test_xoauth2_takes_a_fresh_token_and_refuses_an_expired_one(make_dovecot, oauth_provider):
    server = make_dovecot(introspection_url=oauth_provider.introspection_url)
    token = oauth_provider.issue()["access_token"]

    def sign_in():
        client = imaplib.IMAP4(server.host, server.imap_port, timeout=10)
        client.authenticate("XOAUTH2", lambda _: f"user={SHOP}\x01auth=Bearer {token}\x01\x01".encode())
        client.logout()

    sign_in()
    oauth_provider.expire_access_tokens()
    with pytest.raises(imaplib.IMAP4.error):
        sign_in()
