"""Reaching a mail server: which one, by which guard, with which trust. Shared by sending, fetching and the doctor."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rapport.kit.addresses import Network
from rapport.kit.http import ConnectionDenied, open_connection, open_guarded_connection

Protocol = Literal["imap", "smtp"]

OPEN_NETS_CURE = (
    "If this is your own mail server, the operator opens its network with the setting RAPPORT_ALLOW_NETS "
    "(for example RAPPORT_ALLOW_NETS=10.0.0.0/8) and restarts Rapport."
)
CERTIFICATE_CURE = (
    "Check the host name. For a server with a certificate of its own making, store that certificate's authority "
    "or its SHA-256 fingerprint with this inbox."
)
TIMEOUT = 30.0
PATIENCE = 90.0
_KEEP_ALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))


class StepFailed(Exception):
    """Reaching or using a server did not work. `step` is resolve, connect, tls, login, folder, fetch or send.

    `cure` says what to do about it, where that is known; `permanent`: trying again changes nothing.
    """

    def __init__(self, step: str, reason: str, *, cure: str = "", permanent: bool = False) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason
        self.cure = cure
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Server:
    """One mail server as an inbox's settings name it.

    `security`: tls, starttls, starttls_if_offered (the operator's own relay only) or none. `ca_pem` is trusted beside
    the system's authorities; `fingerprint` (SHA-256, hexadecimal) pins one certificate instead. Times in seconds:
    `timeout` for connecting and each command, `patience` for the answer to a whole message.
    """

    host: str
    port: int
    security: str
    user: str = ""
    auth: str = "password"
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    ca_pem: str = ""
    fingerprint: str = ""
    allow_nets: Sequence[Network] = ()
    guard: bool = True
    timeout: float = TIMEOUT
    patience: float = PATIENCE


def read_server(settings: dict[str, Any], protocol: Protocol) -> Server:
    """The server of a protocol out of transport settings. Raises StepFailed when none is set up."""
    chosen = settings.get(protocol) or {}
    if not chosen.get("host"):
        raise StepFailed("resolve", f"No {protocol.upper()} server is set up for this inbox.", permanent=True)
    security = chosen.get("security") or "tls"
    standard = {("imap", "tls"): 993, ("imap", "starttls"): 143, ("smtp", "tls"): 465, ("smtp", "starttls"): 587}
    timeout = float(settings.get("timeout_seconds") or TIMEOUT)
    return Server(
        host=str(chosen["host"]).strip(),
        port=int(chosen.get("port") or standard.get((protocol, security), 143 if protocol == "imap" else 25)),
        security=security,
        user=str(chosen.get("user") or ""),
        auth=chosen.get("auth") or "password",
        password=str(settings.get(f"{protocol}_password") or ""),
        token=str((settings.get("oauth") or {}).get("access_token") or ""),
        ca_pem=str(chosen.get("ca_pem") or ""),
        fingerprint=str(chosen.get("fingerprint") or ""),
        allow_nets=tuple(settings.get("allow_nets") or ()),
        guard=settings.get("guard", True) is not False,
        timeout=timeout,
        patience=float(settings.get("patience_seconds") or max(timeout, PATIENCE)),
    )


def connect(server: Server) -> socket.socket:
    """A TCP connection with the server's timeout set; no TLS yet. Raises StepFailed (resolve, connect)."""
    try:
        if server.guard:
            line = open_guarded_connection(
                server.host, server.port, timeout=server.timeout, allow_nets=server.allow_nets
            )
        else:
            line = open_connection(server.host, server.port, timeout=server.timeout)
    except ConnectionDenied as denied:
        # The text must not tell whether anything answers there, else the settings page becomes a port scanner.
        raise StepFailed("connect", f"This address is not allowed: {denied}", cure=OPEN_NETS_CURE) from None
    except (socket.gaierror, UnicodeError):
        raise StepFailed(
            "resolve", f"The name {server.host} cannot be resolved.", cure="Check the spelling of the host name."
        ) from None
    except OSError as error:
        raise StepFailed("connect", explain(error), cure="Check host, port and firewall.") from error
    _prepare(line)
    return line


def encrypt(line: socket.socket, server: Server) -> socket.socket:
    """TLS over the connection, the certificate verified. Closes the connection and raises StepFailed (tls)."""
    try:
        wrapped = _context(server).wrap_socket(line, server_hostname=server.host)
    except ssl.SSLCertVerificationError as error:
        line.close()
        raise StepFailed(
            "tls", f"The server's certificate is not trusted: {error.verify_message}.", cure=CERTIFICATE_CURE
        ) from error
    except (OSError, ValueError) as error:
        line.close()
        cure = "Check whether this port expects TLS from the start or STARTTLS."
        raise StepFailed("tls", f"No encrypted connection: {explain(error)}", cure=cure) from error
    if server.fingerprint and not _is_pinned(wrapped, server.fingerprint):
        wrapped.close()
        raise StepFailed("tls", "The server's certificate is not the one stored for this inbox.", cure=CERTIFICATE_CURE)
    return wrapped


def is_private_line(line: socket.socket) -> bool:
    """Whether nobody else can listen: TLS, or a connection that does not leave this machine."""
    if isinstance(line, ssl.SSLSocket):
        return True
    try:
        peer = ipaddress.ip_address(line.getpeername()[0])
    except (OSError, ValueError, IndexError):
        return False
    mapped = peer.ipv4_mapped if isinstance(peer, ipaddress.IPv6Address) else None
    return (mapped or peer).is_loopback


def require_private_line(line: socket.socket) -> None:
    """Refuse to send a password or token in clear over a network. Raises StepFailed (login)."""
    if not is_private_line(line):
        raise StepFailed(
            "login",
            "Without encryption, no password is sent over a network.",
            cure="Choose TLS or STARTTLS for this server.",
            permanent=True,
        )


def no_consent() -> StepFailed:
    """The failure of a login by token where nobody has asked for one yet."""
    return StepFailed("login", "There is no consent of the provider yet.", cure="Ask for consent in the browser.")


def explain(error: Exception) -> str:
    """What a failed connection means, in a sentence."""
    if isinstance(error, TimeoutError):
        return "The server did not answer in time."
    if isinstance(error, ConnectionRefusedError):
        return "The server refused the connection."
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "The server closed the connection."
    if isinstance(error, ssl.SSLError):
        return f"The TLS handshake failed ({error.reason or 'no reason given'})."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return str(error) or type(error).__name__


def _context(server: Server) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.ca_pem:
        context.load_verify_locations(cadata=server.ca_pem)
    own_machine = server.security == "starttls_if_offered" and server.host in ("localhost", "127.0.0.1", "::1")
    if server.fingerprint or own_machine:
        # The fingerprint is compared right after the handshake; a relay on this machine is no other machine's claim.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_pinned(line: ssl.SSLSocket, fingerprint: str) -> bool:
    certificate = line.getpeercert(binary_form=True) or b""
    wanted = fingerprint.replace(":", "").replace(" ", "").lower()
    return hmac.compare_digest(hashlib.sha256(certificate).hexdigest().encode(), wanted.encode())


def _prepare(line: socket.socket) -> None:
    """Notice within a minute that the other machine is gone, also while nobody speaks; send short commands at once."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE:
        if hasattr(socket, name):
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
