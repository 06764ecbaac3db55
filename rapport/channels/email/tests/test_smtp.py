"""One SMTP session: every answer at every command is told for what it is."""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rapport.channels.contract import SendFailed
from rapport.channels.email.reaching import Server, read_server
from rapport.channels.email.smtp import Handed, SmtpLine
from tests.servers.certificates import Certificates, make, trusted
from tests.servers.ports import free_port
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.servers.scripting import Drop, Hang, Say
from tests.servers.smtp_sink import CLOSE, HANG, SmtpSink

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
RAW = b"From: shop@example.org\r\nSubject: Hi\r\n\r\n.dot\r\nbye\r\n"
COMMANDS = ("EHLO", "MAIL", "RCPT", "DATA", "BODY")
SILENT = {"timeout_seconds": 1.0, "patience_seconds": 1.0}
BEFORE_THE_DOT = ("GREETING", "EHLO", "MAIL", "RCPT", "DATA")


def server_at(port: int, **options: Any) -> Server:
    settings = {"host": "127.0.0.1", "port": port, "security": "none"}
    extra = {"allow_nets": LOOPBACK, "timeout_seconds": 20.0, "patience_seconds": 20.0}
    for name in ("smtp_password", "oauth", "timeout_seconds", "patience_seconds", "allow_nets", "guard"):
        if name in options:
            extra[name] = options.pop(name)
    return read_server({"smtp": settings | options, **extra}, "smtp")


def hand_over(server: Server, *recipients: str, raw: bytes = RAW, **options: Any) -> Handed:
    with SmtpLine(server) as line:
        return line.hand_over(
            raw, sender="shop@example.org", recipients=list(recipients) or ["carla@example.org"], **options
        )


@pytest.fixture
def scripted() -> Iterator[ScriptedSmtp]:
    server = ScriptedSmtp(extensions=[b"8BITMIME"])
    server.start()
    yield server
    server.stop()


@pytest.fixture
def make_sink() -> Iterator[Callable[..., SmtpSink]]:
    made: list[SmtpSink] = []

    def new(**options: Any) -> SmtpSink:
        made.append(SmtpSink(**options).start())
        return made[-1]

    yield new
    for sink in made:
        sink.stop()


def test_the_message_arrives_byte_for_byte_at_every_recipient(smtp_sink: SmtpSink):
    handed = hand_over(server_at(smtp_sink.port), "carla@example.org", "dan@example.net")
    assert handed.accepted == ["carla@example.org", "dan@example.net"]
    [received] = smtp_sink.messages
    assert (received.sender, received.recipients) == ("shop@example.org", handed.accepted)
    assert received.content == RAW


@pytest.mark.parametrize("ending", [b"\n.\nMAIL FROM:<evil@example.org>\n", b"\r.\r", b"\r\n.\r\nQUIT\r\n", b"\n.\r\n"])
def test_no_line_end_in_the_text_ends_the_message_early(scripted: ScriptedSmtp, ending: bytes):
    hand_over(server_at(scripted.port), raw=RAW + ending + b"rest")
    [taken] = scripted.taken
    assert b"rest" in taken.content
    assert taken.sender == "shop@example.org"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("answer", "permanent"), [("451 4.3.0 later", False), ("554 5.7.1 never", True)])
def test_a_refusal_at_any_command_keeps_its_code(smtp_sink: SmtpSink, command: Any, answer: str, permanent: bool):
    smtp_sink.plan(command, answer)
    try:
        [refusal] = hand_over(server_at(smtp_sink.port)).refused
        code, told_permanent, unknown = refusal.code, refusal.permanent, False
    except SendFailed as failure:
        code, told_permanent, unknown = failure.code or 0, failure.permanent, failure.unknown
    assert (code, told_permanent, unknown) == (int(answer[:3]), permanent, False)
    assert smtp_sink.messages == []


@pytest.mark.parametrize("command", BEFORE_THE_DOT)
@pytest.mark.parametrize("act", [Drop(), Drop(reset=True), Hang(), Drop(after=2)], ids=str)
def test_a_line_that_breaks_before_the_final_dot_sent_nothing(scripted: ScriptedSmtp, command: str, act: Any):
    scripted.at(command, act)
    with pytest.raises(SendFailed) as failed:
        hand_over(server_at(scripted.port, **(SILENT if isinstance(act, Hang) else {})))
    assert (failed.value.permanent, failed.value.unknown, failed.value.code) == (False, False, None)
    assert scripted.taken == []


@pytest.mark.parametrize(
    "act", [Drop(), Drop(reset=True), Hang(), Drop(after=2), Say(b"what?"), Say(b"354 more?")], ids=str
)
def test_without_a_clear_answer_to_the_message_nobody_knows(scripted: ScriptedSmtp, act: Any):
    scripted.at("BODY", act)
    with pytest.raises(SendFailed) as failed:
        hand_over(server_at(scripted.port, **(SILENT if isinstance(act, Hang) else {})))
    assert failed.value.unknown
    assert len(scripted.taken) == 1


def test_the_sinks_own_silence_after_the_message_is_unknown_too(smtp_sink: SmtpSink):
    for act in (CLOSE, HANG):
        smtp_sink.plan("BODY", act, keep=True)
        with pytest.raises(SendFailed, match="answer never came") as failed:
            hand_over(server_at(smtp_sink.port, **SILENT))
        assert failed.value.unknown


def test_one_refused_recipient_does_not_stop_the_others(smtp_sink: SmtpSink):
    smtp_sink.plan("RCPT", "550 5.1.1 no such user", about="gone@example.org")
    smtp_sink.plan("RCPT", "450 4.2.1 greylisted", about="grey@example.org")
    handed = hand_over(server_at(smtp_sink.port), "gone@example.org", "carla@example.org", "grey@example.org")
    assert handed.accepted == ["carla@example.org"]
    told = [(one.recipient, one.code, one.permanent) for one in handed.refused]
    assert told == [("gone@example.org", 550, True), ("grey@example.org", 450, False)]


def test_when_nobody_is_accepted_nothing_is_sent(smtp_sink: SmtpSink):
    smtp_sink.plan("RCPT", "550 5.1.1 no such user", times=None)
    handed = hand_over(server_at(smtp_sink.port), "gone@example.org", "away@example.org")
    assert (handed.accepted, len(handed.refused)) == ([], 2)
    assert "DATA" not in smtp_sink.commands()


def test_a_message_refused_after_some_recipients_keeps_each_answer(smtp_sink: SmtpSink):
    smtp_sink.plan("RCPT", "550 5.1.1 no such user", about="gone@example.org")
    smtp_sink.plan("BODY", "452 4.3.1 disk full")
    handed = hand_over(server_at(smtp_sink.port), "gone@example.org", "carla@example.org")
    assert [(one.recipient, one.code) for one in handed.refused] == [
        ("gone@example.org", 550),
        ("carla@example.org", 452),
    ]


def test_a_goodbye_in_the_middle_is_temporary(smtp_sink: SmtpSink):
    smtp_sink.plan("RCPT", "421 4.3.2 shutting down")
    with pytest.raises(SendFailed) as failed:
        hand_over(server_at(smtp_sink.port))
    assert not failed.value.permanent


def test_an_old_server_without_extensions_is_greeted_again(scripted: ScriptedSmtp):
    scripted.at("EHLO", Say(b"502 5.5.1 what?"))
    assert hand_over(server_at(scripted.port)).accepted
    assert any(line.upper().startswith("HELO") for line in scripted.said())


def test_a_closed_port_is_temporary_and_says_so():
    with pytest.raises(SendFailed, match="refused the connection") as failed:
        hand_over(server_at(free_port()))
    assert not failed.value.permanent


def test_an_address_the_guard_denies_is_never_connected_to(smtp_sink: SmtpSink):
    before = list(smtp_sink.ledger)
    with pytest.raises(SendFailed, match="not allowed"):
        hand_over(server_at(smtp_sink.port, allow_nets=()))
    assert smtp_sink.ledger == before


def test_the_operators_own_server_is_exempt_from_the_guard(smtp_sink: SmtpSink):
    assert hand_over(server_at(smtp_sink.port, allow_nets=(), guard=False)).accepted


def test_a_message_above_the_servers_limit_is_not_even_offered(make_sink: Callable[..., SmtpSink]):
    sink = make_sink(size_limit=40)
    with pytest.raises(SendFailed) as failed:
        hand_over(server_at(sink.port))
    assert (failed.value.code, failed.value.permanent) == (552, True)
    assert "MAIL" not in sink.commands()


def test_addresses_beyond_ascii_ask_for_smtputf8(smtp_sink: SmtpSink):
    assert hand_over(server_at(smtp_sink.port), "jürgen@example.org", international=True).accepted
    assert smtp_sink.messages[0].recipients == ["jürgen@example.org"]


def test_a_server_without_smtputf8_refuses_them_for_good(scripted: ScriptedSmtp):
    with pytest.raises(SendFailed, match="SMTPUTF8") as failed:
        hand_over(server_at(scripted.port), "jürgen@example.org", international=True)
    assert failed.value.permanent


@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_tls_is_used_as_set_up(make_sink: Callable[..., SmtpSink], trusted_certificates: Certificates, tls: Any):
    sink = make_sink(tls=tls)
    hand_over(server_at(sink.port, security={"ssl": "tls", "starttls": "starttls"}[tls]))
    assert sink.messages[0].tls


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_untrusted_certificate_stops_everything(make_sink: Callable[..., SmtpSink], security: str):
    sink = make_sink(tls="ssl" if security == "tls" else "starttls")
    with pytest.raises(SendFailed, match="not trusted") as failed:
        hand_over(server_at(sink.port, security=security, user="shop", smtp_password="secret"))
    assert not failed.value.permanent
    assert not {"AUTH", "MAIL"} & set(sink.commands())


def test_a_certificate_for_another_name_is_not_trusted(make_sink: Callable[..., SmtpSink], tmp_path: Any):
    certificates = make(tmp_path, hosts=("mail.example.org",))
    sink = make_sink(tls="ssl", certificates=certificates)
    server = server_at(sink.port, security="tls", host="localhost", ca_pem=certificates.authority.read_text())
    with pytest.raises(SendFailed, match="not trusted"):
        hand_over(server)


def test_an_expired_certificate_is_not_trusted(make_sink: Callable[..., SmtpSink], tmp_path: Any):
    certificates = make(tmp_path, expired=True)
    sink = make_sink(tls="ssl", certificates=certificates)
    with pytest.raises(SendFailed, match="not trusted"):
        hand_over(server_at(sink.port, security="tls", ca_pem=certificates.authority.read_text()))


def test_a_pinned_certificate_is_trusted_and_no_other(make_sink: Callable[..., SmtpSink], tmp_path: Any):
    pem = trusted().chain.read_text().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
    pin = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
    assert hand_over(server_at(make_sink(tls="ssl").port, security="tls", fingerprint=pin)).accepted
    other = make_sink(tls="ssl", certificates=make(tmp_path))
    with pytest.raises(SendFailed, match="not the one stored"):
        hand_over(server_at(other.port, security="tls", fingerprint=pin))


def test_a_server_that_hides_starttls_gets_nothing(scripted: ScriptedSmtp):
    with pytest.raises(SendFailed, match="no STARTTLS"):
        hand_over(server_at(scripted.port, security="starttls", user="shop", smtp_password="secret"))
    assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in scripted.said())


def test_words_smuggled_in_before_the_handshake_are_forgotten(trusted_certificates: Certificates):
    server = ScriptedSmtp(extensions=[b"STARTTLS"])
    server.at("STARTTLS", Say(b"220 go ahead\r\n250-evil\r\n250 AUTH PLAIN"))
    server.start()
    try:
        with pytest.raises(SendFailed):
            hand_over(server_at(server.port, security="starttls", user="shop", smtp_password="secret"))
        assert not any(line.upper().startswith("AUTH") for line in server.said())
    finally:
        server.stop()


def test_a_password_logs_in_even_beyond_ascii(make_sink: Callable[..., SmtpSink]):
    sink = make_sink(users={"shop": "gänseblümchen"})
    hand_over(server_at(sink.port, user="shop", smtp_password="gänseblümchen"))
    assert sink.messages[0].user == "shop"


@pytest.mark.parametrize("answer", ["454 4.7.0 later", "535 5.7.8 wrong"])
def test_a_refused_login_keeps_its_code_and_judges_no_message(make_sink: Callable[..., SmtpSink], answer: str):
    sink = make_sink(users={"shop": "secret"})
    sink.plan("AUTH", answer)
    with pytest.raises(SendFailed) as failed:
        hand_over(server_at(sink.port, user="shop", smtp_password="secret"))
    assert (failed.value.code, failed.value.permanent, failed.value.unreachable) == (int(answer[:3]), False, True)


def test_no_password_goes_over_a_network_in_clear(make_sink: Callable[..., SmtpSink], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rapport.channels.email.reaching.is_private_line", lambda line: False)
    sink = make_sink(users={"shop": "secret"})
    with pytest.raises(SendFailed, match="Without encryption"):
        hand_over(server_at(sink.port, user="shop", smtp_password="secret"))
    assert "AUTH" not in sink.commands()


def test_a_token_logs_in_by_xoauth2(make_sink: Callable[..., SmtpSink]):
    sink = make_sink(token_is_valid=lambda user, token: (user, token) == ("shop@example.org", "token-1"))
    server = server_at(sink.port, user="shop@example.org", auth="xoauth2", oauth={"access_token": "token-1"})
    assert hand_over(server).accepted


def test_a_refused_token_is_told(make_sink: Callable[..., SmtpSink]):
    sink = make_sink(token_is_valid=lambda user, token: False)
    with pytest.raises(SendFailed) as failed:
        hand_over(server_at(sink.port, user="shop", auth="xoauth2", oauth={"access_token": "old"}))
    assert failed.value.code == 535


def test_secrets_stay_out_of_reprs():
    server = server_at(25, smtp_password="secret-word", oauth={"access_token": "secret-token"})
    assert "secret-" not in repr(server)
