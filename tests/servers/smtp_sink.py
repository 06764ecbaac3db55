"""An SMTP server that keeps every message and answers as it is told (aiosmtpd in a thread).

sink = SmtpSink(); sink.start()
sink.plan("RCPT", "550 5.1.1 no such user", about="gone@example.org")
sink.plan("BODY", CLOSE, keep=True)      # takes the message, then the line is dead: "possibly sent"
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import AnyStr, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, auth_mechanism

from tests.servers.certificates import Certificates, trusted
from tests.servers.ports import LOOPBACK, free_port, wait_until

Command = Literal["EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "BODY"]
CLOSE = "close the connection"
HANG = "say nothing more"


@dataclass(frozen=True)
class Received:
    """One accepted message, byte for byte, with its envelope."""

    sender: str
    recipients: list[str]
    content: bytes
    tls: bool
    user: str | None


@dataclass
class Plan:
    """What to do at a command: answer a line, CLOSE or HANG; `times` None means always."""

    command: Command
    act: str
    about: str
    times: int | None
    keep: bool


@dataclass
class SmtpSink:
    """The server. `users` (name → password) or `token_is_valid` demand authentication."""

    tls: Literal["none", "starttls", "ssl"] = "none"
    users: dict[str, str] = field(default_factory=dict)
    token_is_valid: Callable[[str, str], bool] | None = None
    size_limit: int = 50_000_000
    certificates: Certificates = field(default_factory=trusted)
    host: str = LOOPBACK
    port: int = field(default_factory=free_port)
    messages: list[Received] = field(default_factory=list)
    ledger: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._plans: list[Plan] = []
        self._lock = threading.Lock()
        self._controller: _Controller | None = None

    def plan(self, command: Command, act: str, *, about: str = "", times: int | None = 1, keep: bool = False) -> None:
        """At the next `times` commands whose argument contains `about`, do `act`; `keep` stores the message first."""
        with self._lock:
            self._plans.append(Plan(command, act, about.lower(), times, keep))

    def clear_plans(self) -> None:
        """Be an ordinary server again."""
        with self._lock:
            self._plans.clear()

    def start(self) -> SmtpSink:
        """Listen; the port stays the same over stop and start."""
        self._controller = _Controller(self)
        self._controller.start()
        return self

    def stop(self) -> None:
        """Stop listening, as a server that is down; safe to call twice."""
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    def wait_for(self, count: int = 1, *, seconds: float = 10.0) -> list[Received]:
        """Wait until that many messages have arrived and return all. Raises TimeoutError."""
        wait_until(lambda: len(self.messages) >= count, seconds=seconds, what=f"{count} message(s) at the sink")
        return list(self.messages)

    def commands(self) -> list[str]:
        """The commands clients have sent, in order, without arguments."""
        return [entry.split(" ", 1)[0] for side, entry in self.ledger if side == "client"]

    def _planned(self, command: str, argument: str) -> Plan | None:
        with self._lock:
            for plan in self._plans:
                if plan.command == command and plan.about in argument.lower():
                    if plan.times is not None:
                        plan.times -= 1
                        if plan.times == 0:
                            self._plans.remove(plan)
                    return plan
        return None

    def _keep(self, session: Session, envelope: Envelope) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        user = session.auth_data.decode() if isinstance(session.auth_data, bytes) else None
        tls = session.ssl is not None or self.tls == "ssl"
        received = Received(envelope.mail_from or "", list(envelope.rcpt_tos), content, tls, user)
        self.messages.append(received)

    def _authenticate(self, login: str, secret: str, *, token: bool) -> AuthResult:
        known = self.token_is_valid(login, secret) if token and self.token_is_valid else self.users.get(login) == secret
        return AuthResult(success=known, handled=False, auth_data=login.encode())


class _Controller(Controller):
    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink
        implicit = sink.certificates.server_context() if sink.tls == "ssl" else None
        super().__init__(_Handler(sink), hostname=sink.host, port=sink.port, ssl_context=implicit)

    def factory(self) -> SMTP:
        sink = self.sink
        return _Smtp(
            sink,
            self.handler,
            hostname="sink.example",
            enable_SMTPUTF8=True,
            data_size_limit=sink.size_limit,
            tls_context=sink.certificates.server_context() if sink.tls == "starttls" else None,
            require_starttls=sink.tls == "starttls",
            auth_required=bool(sink.users or sink.token_is_valid),
            auth_require_tls=False,
            authenticator=_password_check,
        )


class _Handler:
    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(server, _Smtp)
        plan = self.sink._planned("BODY", " ".join(envelope.rcpt_tos))
        if plan is None or plan.keep:
            self.sink._keep(session, envelope)
        if plan is None:
            return f"250 2.0.0 Ok: queued as {len(self.sink.messages)}"
        if plan.act in {CLOSE, HANG}:
            await server.end_badly(plan.act)
        return plan.act


def _password_check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    assert isinstance(server, _Smtp)
    if not isinstance(data, LoginPassword):
        return AuthResult(success=False, handled=False)
    return server.sink._authenticate(data.login.decode(), data.password.decode(), token=False)


class _Smtp(SMTP):
    """aiosmtpd's server with a ledger, and a plan asked before each command."""

    def __init__(self, sink: SmtpSink, handler: object, **options: object) -> None:
        self.sink = sink
        super().__init__(handler, **options)  # type: ignore[arg-type]

    async def push(self, status: AnyStr) -> None:
        text = status if isinstance(status, str) else status.decode("utf-8", "replace")
        self.sink.ledger.append(("server", text))
        await super().push(status)

    async def end_badly(self, act: str) -> None:
        """Close without a word, or stay silent until the client gives up; returns never."""
        if act == HANG:
            await asyncio.sleep(3600)
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()
        raise asyncio.CancelledError

    async def _done_otherwise(self, command: str, argument: str) -> bool:
        shown = "***" if command == "AUTH" else argument
        self.sink.ledger.append(("client", f"{command} {shown}".strip()))
        plan = self.sink._planned(command, argument)
        if plan is None:
            return False
        if plan.act in {CLOSE, HANG}:
            await self.end_badly(plan.act)
        await self.push(plan.act)
        return True

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self._done_otherwise("EHLO", hostname):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if not await self._done_otherwise("STARTTLS", arg or ""):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self._done_otherwise("AUTH", arg or ""):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self._done_otherwise("MAIL", arg or ""):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if not await self._done_otherwise("RCPT", arg or ""):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if not await self._done_otherwise("DATA", arg or ""):
            await super().smtp_DATA(arg)

    @auth_mechanism("XOAUTH2")
    async def auth_xoauth2(self, server: SMTP, arguments: list[str]) -> AuthResult:
        """user=<login>^Aauth=Bearer <token>^A^A, as Google and Microsoft define it."""
        import base64

        encoded = arguments[1] if len(arguments) > 1 else ""
        if not encoded:
            answer = await self.challenge_auth("")
            text = answer.decode() if isinstance(answer, bytes) else ""
        else:
            text = base64.b64decode(encoded).decode()
        fields = dict(part.split("=", 1) for part in text.split("\x01") if "=" in part)
        token = fields.get("auth", "").removeprefix("Bearer ")
        return self.sink._authenticate(fields.get("user", ""), token, token=True)
