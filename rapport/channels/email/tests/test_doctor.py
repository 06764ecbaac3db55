"""The doctor names the step that fails, and its cure."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as django_settings

from rapport.channels import examining
from rapport.channels.email.doctor import Step, examine, topmost_authserv_id
from rapport.channels.models import Inbox
from rapport.channels.secrets import write_secrets
from tests.servers.certificates import Certificates, trusted
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import SHOP, SHOP_PASSWORD
from tests.servers.ports import free_port
from tests.servers.smtp_sink import SmtpSink

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
VERDICT = (
    b"Authentication-Results: mx.example.org;\r\n dkim=pass header.d=example.net\r\nFrom: a@example.net\r\n\r\nhi\r\n"
)


def settings_for(dovecot: Dovecot | None, sink: SmtpSink | None, **more: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {"allow_nets": LOOPBACK, "timeout_seconds": 2.0, "imap_password": SHOP_PASSWORD}
    if dovecot:
        settings["imap"] = {"host": "127.0.0.1", "port": dovecot.imap_port, "security": "none", "user": SHOP}
    if sink:
        settings["smtp"] = {"host": "127.0.0.1", "port": sink.port, "security": "none"}
    else:
        settings["transport"] = "folder"
    return settings | more


def failures(settings: dict[str, Any], **options: Any) -> list[Step]:
    return [step for step in examine(SHOP, settings, **options) if not step.ok]


def test_a_healthy_inbox_passes_every_step(dovecot: Dovecot, smtp_sink: SmtpSink):
    dovecot.deliver(SHOP, VERDICT)
    steps = list(examine(SHOP, settings_for(dovecot, smtp_sink)))
    assert all(step.ok for step in steps)
    names = "resolve connect tls login".split()
    assert [step.name for step in steps][:5] == [*(f"IMAP {name}" for name in names), "IMAP folder INBOX"]
    assert [step.name for step in steps][-4:] == [f"SMTP {name}" for name in names]
    assert smtp_sink.messages == []


def test_looking_changes_nothing_in_the_mailbox(dovecot: Dovecot):
    uid = dovecot.deliver(SHOP, VERDICT)
    list(examine(SHOP, settings_for(dovecot, None)))
    assert "\\Seen" not in dovecot.flags(SHOP, uid)


def test_the_authserv_id_of_the_newest_mails_is_offered(dovecot: Dovecot):
    dovecot.deliver(SHOP, VERDICT)
    offered = [step.value for step in examine(SHOP, settings_for(dovecot, None)) if step.value]
    assert offered == ["mx.example.org"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"Authentication-Results: MX.example.org 1; spf=pass\r\n\r\n", "mx.example.org"),
        (b"Received: x\r\nAuthentication-Results:\r\n\tmx.example.org;\r\n dkim=none\r\n\r\n", "mx.example.org"),
        (b"Authentication-Results: top; none\r\nAuthentication-Results: below; none\r\n\r\n", "top"),
        (b"Subject: x\r\n\r\nAuthentication-Results: body; none\r\n", ""),
        (b"Authentication-Results:\r\n\r\n", ""),
    ],
)
def test_the_topmost_verdict_names_its_server(header: bytes, name: str):
    assert topmost_authserv_id(header) == name


def test_the_test_mail_goes_to_the_own_address_only_when_asked(smtp_sink: SmtpSink):
    assert failures(settings_for(None, smtp_sink, transport="smtp"), send_test=True) == []
    assert [message.recipients for message in smtp_sink.messages] == [[SHOP]]


def test_a_wrong_password_fails_at_the_login(dovecot: Dovecot):
    [failure] = failures(settings_for(dovecot, None, imap_password="wrong"))
    assert failure.name == "IMAP login"
    assert "password" in failure.cure


def test_a_wrong_password_of_the_way_out_fails_at_its_login():
    sink = SmtpSink(users={"shop": "secret"}).start()
    settings = settings_for(None, sink, transport="smtp", smtp_password="wrong")
    settings["smtp"] |= {"user": "shop"}
    [failure] = failures(settings)
    sink.stop()
    assert failure.name == "SMTP login"
    assert "535" in failure.detail
    assert "password" in failure.cure


def test_a_missing_folder_is_named_with_those_that_exist(dovecot: Dovecot):
    settings = settings_for(dovecot, None)
    settings["imap"]["folders"] = ["Bestellungen"]
    [failure] = failures(settings)
    assert failure.name == "IMAP folder Bestellungen"
    assert "INBOX" in failure.cure


def test_a_closed_port_fails_at_connecting():
    settings = settings_for(None, SmtpSink(), transport="smtp")
    assert [step.name for step in failures(settings)] == ["SMTP connect"]


def test_a_name_that_does_not_exist_fails_at_resolving():
    settings = settings_for(None, None, imap={"host": "mail.nowhere.invalid", "port": 143, "security": "none"})
    assert [step.name for step in failures(settings)] == ["IMAP resolve"]


def test_an_untrusted_certificate_fails_at_tls(dovecot: Dovecot):
    settings = settings_for(dovecot, None)
    settings["imap"] |= {"security": "tls", "port": dovecot.imaps_port}
    [failure] = failures(settings)
    assert failure.name == "IMAP tls"
    assert "fingerprint" in failure.cure


def test_a_denied_address_says_the_same_whether_anybody_listens(smtp_sink: SmtpSink):
    told, before = [], list(smtp_sink.ledger)
    for port in (smtp_sink.port, free_port()):
        settings = settings_for(None, smtp_sink, transport="smtp", allow_nets=())
        settings["smtp"]["port"] = port
        told.append(failures(settings))
    assert told[0] == told[1]
    assert "RAPPORT_ALLOW_NETS" in told[0][0].cure
    assert smtp_sink.ledger == before


def test_a_stored_authority_is_trusted(make_dovecot: Callable[..., Dovecot]):
    dovecot, certificates = make_dovecot(), trusted()
    settings = settings_for(dovecot, None)
    settings["imap"] |= {"security": "tls", "port": dovecot.imaps_port, "ca_pem": certificates.authority.read_text()}
    assert failures(settings) == []


def test_the_systems_authorities_are_trusted(dovecot: Dovecot, trusted_certificates: Certificates):
    settings = settings_for(dovecot, None)
    settings["imap"] |= {"security": "starttls"}
    assert failures(settings) == []


def test_an_inbox_is_examined_with_its_own_secrets(db: None, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(django_settings, "ENVIRONMENT", replace(django_settings.ENVIRONMENT, allow_nets=LOOPBACK))
    settings = settings_for(dovecot, None)
    inbox = Inbox.objects.create(name="Shop", address=SHOP, settings={"imap": settings["imap"], "transport": "folder"})
    write_secrets(inbox, {"imap_password": SHOP_PASSWORD})
    assert all(step.ok for step in examining.examine(inbox))
    inbox.secrets_encrypted = "e1.gone.AAAA"
    [step] = examining.examine(inbox)
    assert (step.ok, "gone" in step.detail) == (False, True)
