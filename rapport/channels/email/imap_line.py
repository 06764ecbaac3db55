"""The line under an IMAP session: IMAPClient over a connection that the guard has opened, with bounds on what is read."""

from __future__ import annotations

import imaplib
import logging
import socket
from contextlib import suppress
from typing import Any

from imapclient import IMAPClient

from rapport.channels.email.reaching import Server, StepFailed, connect, encrypt, no_consent, require_private_line

CHUNK = 1024 * 1024
_GOODBYE_SECONDS = 1.0
# A search of a mailbox with a million mails answers in one line.
_LONGEST_LINE = 10_000_000
_LITERAL_SLACK = 64 * 1024

# It tells of every session opened and closed.
logging.getLogger("imapclient").setLevel(logging.WARNING)


def greet(server: Server, *, limit: int = CHUNK) -> ImapLine:
    """Connect, encrypt and read the greeting. Raises StepFailed, or what imaplib raises."""
    imaplib._MAXLINE = _LONGEST_LINE  # type: ignore[attr-defined]
    line = connect(server)
    if server.security == "tls":
        line = encrypt(line, server)
    try:
        client = ImapLine(server, line, limit)
    except BaseException:
        line.close()
        raise
    try:
        if server.security == "starttls":
            client.encrypt()
    except BaseException:
        client.leave()
        raise
    return client


def log_in(client: ImapLine, server: Server) -> None:
    """Log in by token or password. Raises StepFailed (login), or what imaplib raises."""
    require_private_line(client.socket())
    if server.auth == "xoauth2":
        if not server.token:
            raise no_consent()
        client.oauth2_login(server.user, server.token)
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(server.user, server.password)
    else:
        client.login(server.user, server.password)


class ImapLine(IMAPClient):  # type: ignore[misc]
    """IMAPClient over a line that the guard has opened, with a bound on every literal."""

    def __init__(self, server: Server, line: socket.socket, limit: int) -> None:
        self._server = server
        self._line = line
        self._limit = limit + _LITERAL_SLACK
        super().__init__(server.host, server.port, ssl=False, timeout=server.timeout)
        # imaplib would format every answer for a log that nobody reads, passwords among them.
        self._imap.debug = 0
        self.normalise_times = False

    def encrypt(self) -> None:
        """STARTTLS with the server's certificate verified. Raises StepFailed (tls)."""
        if not self.has_capability("STARTTLS"):
            raise StepFailed("tls", "The server offers no STARTTLS.", cure="Choose TLS, usually on port 993.")
        typ, data = self._imap._simple_command("STARTTLS")
        self._checkok("starttls", typ, data)
        self._imap.take(encrypt(self._line, self._server))
        self._starttls_done = True
        self._cached_capabilities = None
        self._imap._get_capabilities()

    def is_readable(self, seconds: float) -> bool:
        """Whether the server says something within that time."""
        line = self.socket()
        pending = getattr(line, "pending", None)
        if self._imap.has_buffered() or (pending and pending()):
            return True
        return bool(self._poll_socket(line, seconds))

    def forget(self) -> None:
        """Drop announcements nobody asked for: imaplib would keep them as long as the session lasts."""
        for name in ("EXISTS", "RECENT", "EXPUNGE", "FETCH", "FLAGS"):
            self._imap.untagged_responses.pop(name, None)

    def leave(self) -> None:
        """Log out if that works at once, and close the line."""
        with suppress(OSError, imaplib.IMAP4.error, ValueError):
            self.socket().settimeout(_GOODBYE_SECONDS)
            if self._imap.state != "LOGOUT" and self._idle_tag is None:
                self.logout()
        with suppress(OSError, imaplib.IMAP4.error, ValueError):
            self.shutdown()

    def idle_done(self) -> Any:
        """DONE; any answer to IDLE that came meanwhile is read with it."""
        answer = super().idle_done()
        self._idle_tag = None
        return answer

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - IMAPClient's own hook
        return _Imap(self._server.host, self._line, self._limit)


class _Imap(imaplib.IMAP4):
    """imaplib over a given line; a literal larger than asked for ends the session before it fills the memory."""

    def __init__(self, host: str, line: socket.socket, limit: int) -> None:
        self._line = line
        self._limit = limit
        super().__init__(host)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._line

    def take(self, line: socket.socket) -> None:
        """Speak over this line from now on; what was buffered before is forgotten."""
        self._line = line
        self.open(self.host, self.port)

    def has_buffered(self) -> bool:
        """Whether bytes were received that nobody has read yet."""
        before = self.sock.gettimeout()
        self.sock.settimeout(0.0)
        try:
            return bool(self.file.peek(1))  # type: ignore[union-attr]
        except OSError:
            return False
        finally:
            self.sock.settimeout(before)

    def read(self, size: int) -> bytes:
        if size > self._limit:
            raise self.abort(f"The server wants to send {size} bytes at once.")
        return super().read(size)
