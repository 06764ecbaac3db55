"""Handing one message to an SMTP server (RFC 5321), step by step, so that every outcome is known for what it is.

Until the final dot has left, nothing was accepted and every failure is honest. After it, only the server's answer
tells; without one nobody knows, and `SendFailed.unknown` says so.
"""

from __future__ import annotations

import base64
import re
import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapport.channels.contract import Refusal, SendFailed
from rapport.channels.email.reaching import (
    Server,
    StepFailed,
    connect,
    encrypt,
    explain,
    no_consent,
    require_private_line,
)
from rapport.kit import clock

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")
_LONGEST_ANSWER = 500
_GOODBYE_SECONDS = 3.0
_PIECE = 64 * 1024
# Shorter than the outbox's claim, so that nobody takes a message for lost that is still on its way.
LONGEST_SESSION = 480.0


@dataclass(frozen=True, slots=True)
class Handed:
    """The server's answers: who is in, who is not and why, and its last word."""

    accepted: list[str]
    refused: list[Refusal]
    answer: str


class _Answered(Exception):
    """The server said no at a step that concerns the whole message."""

    def __init__(self, step: str, code: int, answer: str) -> None:
        super().__init__(answer)
        self.step = step
        self.code = code
        self.answer = answer


class SmtpLine:
    """One session: opened, encrypted and logged in; use as a context manager. Raises SendFailed from every method."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._client = _Client(server.timeout, clock.monotonic() + LONGEST_SESSION)

    def __enter__(self) -> SmtpLine:
        try:
            self.open()
            self.secure()
            self.log_in()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Connect and exchange greetings."""
        with _telling("connect"):
            line = connect(self.server)
            if self.server.security == "tls":
                line = encrypt(line, self.server)
            self._client.take(line)
            self._expect("greeting", self._client.getreply(), 220)
            self._greet()

    def secure(self) -> None:
        """STARTTLS where it is set up; without it nothing goes on."""
        if not self.server.security.startswith("starttls"):
            return
        with _telling("tls"):
            if not self._client.has_extn("starttls"):
                if self.server.security == "starttls_if_offered":
                    return
                raise StepFailed(
                    "tls", "The server offers no STARTTLS.", cure="Choose TLS, or the port that offers STARTTLS."
                )
            self._expect("STARTTLS", self._client.docmd("STARTTLS"), 220)
            self._client.take(encrypt(self._client.line, self.server))
            self._greet()

    def log_in(self) -> None:
        """AUTH as set up; nothing for a server without a user."""
        if not self.server.user:
            return
        with _telling("login"):
            require_private_line(self._client.line)
            code, answer = self._authenticate()
            self._expect("AUTH", (code, answer), 235)

    def hand_over(self, raw: bytes, *, sender: str, recipients: list[str], international: bool = False) -> Handed:
        """One message to all recipients; `international` asks for SMTPUTF8 (RFC 6531).

        What some recipients are refused for stands in the result, also when then the rest fails with an answer.
        Raises SendFailed.
        """
        data = _on_the_wire(raw)
        with _telling("send"):
            self._mail_from(sender, len(data), international=international)
            refused = self._offer(recipients)
            gone = {refusal.recipient for refusal in refused}
            accepted = [recipient for recipient in recipients if recipient not in gone]
            if not accepted:
                return Handed([], refused, refused[0].reason if refused else "")
            code, answer = self._client.docmd("DATA")
            if refused and 400 <= code < 600:
                return _all_refused(code, _readable(code, answer), accepted, refused)
            self._expect("DATA", (code, answer), 354)
            self._client.send_whole(data)
        return self._await_verdict(accepted, refused)

    def close(self) -> None:
        """Say goodbye if the line still stands."""
        with suppress(OSError, ValueError):
            self._client.line.settimeout(min(_GOODBYE_SECONDS, self.server.timeout))
            self._client.docmd("QUIT")
        self._client.close()

    def _greet(self) -> None:
        code, answer = self._client.ehlo(_own_name(self._client.line))
        needs_extensions = bool(self.server.user) or self.server.security == "starttls"
        if code in (500, 502) and not needs_extensions:
            code, answer = self._client.helo(_own_name(self._client.line))
        self._expect("EHLO", (code, answer), 250)

    def _authenticate(self) -> tuple[int, bytes]:
        offered = self._client.esmtp_features.get("auth", "").upper().split()
        user, password = self.server.user, self.server.password
        if self.server.auth == "xoauth2":
            if not self.server.token:
                raise no_consent()
            proof = f"user={user}\x01auth=Bearer {self.server.token}\x01\x01"
            code, answer = self._client.docmd("AUTH", f"XOAUTH2 {_base64(proof)}")
            # The reason for a refusal comes as a challenge, to be answered with an empty line.
            return self._client.docmd("") if code == 334 else (code, answer)
        if "PLAIN" in offered:
            return self._client.docmd("AUTH", f"PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}")
        if "LOGIN" in offered:
            for word in ("AUTH LOGIN", _base64(user)):
                code, answer = self._client.docmd(word)
                if code != 334:
                    return code, answer
            return self._client.docmd(_base64(password))
        raise StepFailed("login", "The server offers no way to log in that Rapport knows (PLAIN, LOGIN, XOAUTH2).")

    def _mail_from(self, sender: str, size: int, *, international: bool) -> None:
        limit = self._client.esmtp_features.get("size", "")
        if limit.isdecimal() and 0 < int(limit) < size:
            raise _Answered("MAIL", 552, f"552 The message has {size} bytes; the server takes {limit}.")
        options = [f"size={size}"] if self._client.has_extn("size") else []
        if international:
            if not self._client.has_extn("smtputf8"):
                raise _Answered("MAIL", 553, "553 The server cannot send to addresses beyond ASCII (SMTPUTF8).")
            options += ["smtputf8", "body=8bitmime"]
        self._expect("MAIL", self._client.mail(sender, options), 250)

    def _offer(self, recipients: list[str]) -> list[Refusal]:
        refused = []
        for recipient in recipients:
            code, answer = self._client.rcpt(recipient)
            if code in (250, 251, 252):
                continue
            text = _readable(code, answer)
            if code == 421 or not 400 <= code < 600:
                raise StepFailed("send", text)
            refused.append(Refusal(recipient, code, text, code >= 500))
        return refused

    def _await_verdict(self, accepted: list[str], refused: list[Refusal]) -> Handed:
        """The answer to the whole message; only a clear one is believed."""
        try:
            self._client.line.settimeout(self.server.patience)
            code, answer = self._client.getreply()
        except (OSError, ValueError) as error:
            reason = f"The message was handed over, but the server's answer never came: {_broken(error)}"
            raise SendFailed(reason, unknown=True) from error
        text = _readable(code, answer)
        if 200 <= code < 300:
            return Handed(accepted, refused, text)
        if 400 <= code < 600 and refused:
            return _all_refused(code, text, accepted, refused)
        if 400 <= code < 600:
            raise SendFailed(text, code=code, permanent=code >= 500)
        raise SendFailed(f"The message was handed over, but the answer makes no sense: {text}", code=code, unknown=True)

    def _expect(self, step: str, reply: tuple[int, bytes], wanted: int) -> None:
        code, answer = reply
        if code == wanted or (wanted == 250 and 250 <= code < 260):
            return
        text = _readable(code, answer)
        if not 400 <= code < 600:
            raise StepFailed("send", f"The server answered {step} with: {text}")
        raise _Answered(step, code, text)


class _Client(smtplib.SMTP):
    """smtplib's commands over a line that somebody else has opened and checked."""

    def __init__(self, timeout: float, deadline: float) -> None:
        super().__init__(local_hostname="localhost", timeout=timeout)
        self._deadline = deadline

    @property
    def line(self) -> socket.socket:
        """The open connection. Raises SMTPServerDisconnected."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("The connection is closed.")
        return self.sock

    def take(self, line: socket.socket) -> None:
        """Speak over this line from now on; what was learned or buffered before counts no more."""
        self.sock = line
        self.file = None
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def send(self, s: ReadableBuffer | str) -> None:
        """Send, unless the whole session has taken too long. Raises TimeoutError."""
        if clock.monotonic() > self._deadline:
            raise TimeoutError
        super().send(s)

    def send_whole(self, data: bytes) -> None:
        """Send piece by piece: the line's timeout bounds each piece, however long a big message takes."""
        for start in range(0, len(data), _PIECE):
            self.send(data[start : start + _PIECE])


@contextmanager
def _telling(step: str) -> Iterator[None]:
    """Turns whatever breaks off an exchange into a SendFailed that names the step; nothing was accepted yet.

    A refusal of the login or of encryption judges the set-up, never the message: it is temporary, whatever its code.
    """
    about_setup = step in ("tls", "login")
    try:
        yield
    except StepFailed as failure:
        dead = about_setup or (step == "connect" and failure.step in ("resolve", "connect"))
        permanent = failure.permanent and not about_setup
        raise SendFailed(f"{failure.step}: {failure.reason}", permanent=permanent, unreachable=dead) from failure
    except _Answered as no:
        permanent = no.code >= 500 and not about_setup
        shut = about_setup or (step == "connect" and not permanent)
        raise SendFailed(f"{no.step}: {no.answer}", code=no.code, permanent=permanent, unreachable=shut) from no
    except OSError as error:
        raise SendFailed(f"{step}: {_broken(error)}", unreachable=step == "connect") from error
    except ValueError as error:
        raise SendFailed(f"{step}: {error}", permanent=True) from error


def _broken(error: OSError | ValueError) -> str:
    """smtplib hides why a line broke; its context knows."""
    if isinstance(error, smtplib.SMTPServerDisconnected):
        hidden = error.__context__
        return explain(hidden) if isinstance(hidden, OSError) else "The server closed the connection."
    return explain(error)


def _all_refused(code: int, answer: str, accepted: list[str], refused: list[Refusal]) -> Handed:
    """The message was refused after some recipients had been: each keeps the answer given to it."""
    return Handed([], [*refused, *(Refusal(one, code, answer, code >= 500) for one in accepted)], answer)


def _on_the_wire(raw: bytes) -> bytes:
    """CRLF line ends only (a bare one could end the message early at some servers), dots doubled, the final dot."""
    lines = _LINE_ENDS.sub(b"\r\n", raw)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return _LEADING_DOT.sub(b"..", lines) + b".\r\n"


def _readable(code: int, answer: bytes) -> str:
    text = " ".join(answer.decode("utf-8", "replace").split())
    return f"{code} {text}".strip()[:_LONGEST_ANSWER]


def _own_name(line: socket.socket) -> str:
    """How this machine greets: its full name if it has one, else its address in brackets (RFC 5321, 4.1.3)."""
    name = socket.gethostname()
    if "." in name and name.isascii():
        return name
    address = str(line.getsockname()[0])
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
