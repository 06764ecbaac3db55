"""The connection doctor: tries what fetching and sending will do, step by step, and names the cure of what fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rapport.channels.contract import Address, FetchFailed, Outbound, SendFailed
from rapport.channels.email.imap import Mailbox
from rapport.channels.email.reaching import Protocol, Server, StepFailed, read_server
from rapport.channels.email.sending import send
from rapport.channels.email.smtp import SmtpLine
from rapport.kit import clock
from rapport.kit.secrets import random_token

STAGES = ("resolve", "connect", "tls", "login")
_NEWEST = 10
_FOLDERS_SHOWN = 20
_LOGIN_CURE = (
    "Check user name and password. Many providers want an app password, or consent in the browser instead of one."
)
_CURES = {"login": _LOGIN_CURE, "folder": "Check the folder's name.", "tls": "", "connect": "", "resolve": ""}


@dataclass(frozen=True, slots=True)
class Step:
    """One finding. `name` is like "IMAP login"; `cure` says what to do, `value` is what could be taken over."""

    name: str
    ok: bool
    detail: str
    cure: str = ""
    value: str = ""


def examine(address: str, settings: dict[str, Any], *, send_test: bool = False) -> Iterator[Step]:
    """Examine the way in, then the way out; a way that fails ends there. `settings`: see channels.connecting.

    With `send_test` one mail goes to the inbox's own address. Nothing in the mailbox is changed. Never raises for
    what a server does.
    """
    if (settings.get("imap") or {}).get("host"):
        yield from _way_in(settings)
    if settings.get("transport", "smtp") == "folder":
        yield Step("Sending", True, "This inbox practises: what is sent is written to files, and nothing leaves.")
    else:
        yield from _way_out(address, settings, send_test=send_test)


def _way_in(settings: dict[str, Any]) -> Iterator[Step]:
    try:
        server = read_server(settings, "imap")
        mailbox = Mailbox.open(settings)
    except StepFailed as failure:
        yield from _until(failure, "imap", None)
        return
    except FetchFailed as failure:
        yield from _until(_as_step(failure), "imap", server)
        return
    with mailbox:
        yield from _passed("imap", server)
        try:
            for folder in settings["imap"].get("folders") or ["INBOX"]:
                yield _folder(mailbox, str(folder))
            yield from _authserv_id(mailbox)
        except FetchFailed as failure:
            yield _failed("imap", _as_step(failure))


def _folder(mailbox: Mailbox, name: str) -> Step:
    """Whether a folder can be opened. Raises FetchFailed when the session itself breaks."""
    try:
        found = mailbox.select(name)
    except FetchFailed as failure:
        if not mailbox.is_alive:
            raise
        there = ", ".join(mailbox.folders()[:_FOLDERS_SHOWN])
        return Step(f"IMAP folder {name}", False, failure.reason, f"Folders of this mailbox: {there}.")
    return Step(f"IMAP folder {name}", True, f"{found.exists} messages.")


def _authserv_id(mailbox: Mailbox) -> Iterator[Step]:
    """The name the inbox's own server signs its verdicts with, judging by the newest mails."""
    mailbox.select("INBOX")
    names = Counter(name for header in mailbox.newest_headers(_NEWEST) if (name := topmost_authserv_id(header)))
    if not names:
        detail = "The newest mails carry no Authentication-Results, so senders stay unverified."
        yield Step("Sender verification", True, detail)
        return
    name, count = names.most_common(1)[0]
    yield Step(
        "Sender verification",
        True,
        f"{count} of the newest mails name {name} as the server that checked their sender.",
        f"If {name} is your own mail server, enter it as the name of your mail server.",
        name,
    )


def topmost_authserv_id(header: bytes) -> str:
    """The authserv-id (RFC 8601) of the first Authentication-Results in a mail's header, or empty."""
    lines = header.replace(b"\r\n", b"\n").split(b"\n")
    for index, line in enumerate(lines):
        if not line:
            break
        if line.lower().startswith(b"authentication-results:"):
            value = line.partition(b":")[2]
            for more in lines[index + 1 :]:
                if more[:1] not in (b" ", b"\t"):
                    break
                value += more
            words = value.decode("ascii", "replace").partition(";")[0].split()
            return words[0].lower()[:253] if words else ""
    return ""


def _way_out(address: str, settings: dict[str, Any], *, send_test: bool) -> Iterator[Step]:
    try:
        server = read_server(settings, "smtp")
    except StepFailed as failure:
        yield from _until(failure, "smtp", None)
        return
    line = SmtpLine(server)
    try:
        for stage, act in (("connect", line.open), ("tls", line.secure), ("login", line.log_in)):
            try:
                act()
            except SendFailed as failure:
                yield from _until(_as_step(failure, stage), "smtp", server)
                return
    finally:
        line.close()
    yield from _passed("smtp", server)
    if send_test:
        yield _test_mail(address, settings)


def _test_mail(address: str, settings: dict[str, Any]) -> Step:
    mail = Outbound(
        sender=Address(address, "Rapport"),
        to=[Address(address)],
        subject="Rapport can send mail",
        text="This is the test mail you asked for. Nothing needs to be done.\n",
        html="",
        message_id=f"rapport.test.{random_token()}@{address.rpartition('@')[2] or 'localhost'}",
        date=clock.now(),
        automatic=True,
    )
    try:
        receipt = send(mail, settings)
    except SendFailed as failure:
        return Step("SMTP send", False, failure.reason, "The server's answer says why it would not take the mail.")
    if receipt.refused:
        return Step("SMTP send", False, receipt.refused[0].reason, "Check the inbox's own address.")
    return Step("SMTP send", True, f"A test mail to {address} was taken: {receipt.answer}")


def _as_step(failure: FetchFailed | SendFailed, stage: str = "connect") -> StepFailed:
    """The step that failed, and its cure, out of what the transport raised; `stage` where that does not tell."""
    cause = failure.__cause__
    if isinstance(cause, StepFailed):
        return cause
    step = failure.step if isinstance(failure, FetchFailed) else stage
    return StepFailed(step, failure.reason)


def _until(failure: StepFailed, protocol: Protocol, server: Server | None) -> Iterator[Step]:
    """The stages that worked, then the one that did not."""
    if server is not None and failure.step in STAGES:
        yield from list(_passed(protocol, server))[: STAGES.index(failure.step)]
    yield _failed(protocol, failure)


def _failed(protocol: Protocol, failure: StepFailed) -> Step:
    cure = failure.cure or _CURES.get(failure.step, "")
    return Step(f"{protocol.upper()} {failure.step}", False, failure.reason, cure)


def _passed(protocol: Protocol, server: Server) -> Iterator[Step]:
    """All stages of a session that stands."""
    name = protocol.upper()
    yield Step(f"{name} resolve", True, f"{server.host} has an address.")
    yield Step(f"{name} connect", True, f"{server.host} answers at port {server.port}.")
    if server.security == "none":
        yield Step(f"{name} tls", True, "Not encrypted; that is all right only on this very machine.")
    elif server.fingerprint:
        yield Step(f"{name} tls", True, "Encrypted; the certificate is the one stored for this inbox.")
    else:
        yield Step(f"{name} tls", True, "Encrypted; the certificate is valid for this name.")
    detail = f"Signed in as {server.user}." if server.user else "No user is set up, so nobody signs in."
    yield Step(f"{name} login", True, detail)
